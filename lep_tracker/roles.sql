-- The database, its three roles and what they may do; safe to run again. The embedded server runs it by itself.
-- On a real server (PostgreSQL 18 or later) an administrator runs it once, in psql:
--
--     psql --dbname=postgres --file=lep_tracker/roles.sql
--     psql --dbname=postgres --command='\password lep_owner' --command='\password lep_app'
--
-- DATABASE_URL then names lep_app, who serves the site, and DATABASE_OWNER_URL lep_owner, who migrates. Another name
-- for the database: --variable=database=NAME. Rights to tables follow from the migrations, not from here.

\set ON_ERROR_STOP on
\if :{?database}
\else
    \set database lep_tracker
\endif

-- lep_owner owns and migrates. It needs CREATEDB for nothing but the databases of the tests: on a real server where no
-- tests run, take it away: ALTER ROLE lep_owner NOCREATEDB.
SELECT 'CREATE ROLE lep_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION CREATEDB'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lep_owner') \gexec

-- lep_app serves. Nothing it can do changes a table, a role or a right.
SELECT 'CREATE ROLE lep_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lep_app') \gexec

-- lep_aggregate counts pupils and reads no name of one. Nobody signs in as it: lep_app becomes it, for as long as a transaction, where
-- several schools are looked at. lep_app does not inherit what it may read.
SELECT 'CREATE ROLE lep_aggregate NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lep_aggregate') \gexec
GRANT lep_aggregate TO lep_app WITH INHERIT FALSE, SET TRUE;

-- Row-level security stops neither a superuser nor BYPASSRLS: take such rights from roles that had them before.
SELECT format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION', rolname)
FROM pg_roles
WHERE rolname IN ('lep_owner', 'lep_app', 'lep_aggregate') AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication) \gexec
SELECT 'ALTER ROLE lep_app NOCREATEDB'
FROM pg_roles WHERE rolname = 'lep_app' AND rolcreatedb \gexec

-- An administrator who is no superuser (as cloud providers have) can only give a database to a role it belongs to.
SELECT 'GRANT lep_owner TO CURRENT_USER'
FROM pg_roles WHERE rolname = CURRENT_USER AND NOT rolsuper \gexec

SELECT format(
    'CREATE DATABASE %I OWNER lep_owner TEMPLATE template0 ENCODING ''UTF8'' '
    'LOCALE_PROVIDER builtin BUILTIN_LOCALE ''C.UTF-8''',
    :'database'
)
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO lep_app;
ALTER DATABASE :"database" SET timezone TO 'UTC';

\connect :"database"

-- The schema belongs to the owner of the database, who alone may create in it.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO lep_app, lep_aggregate;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;
