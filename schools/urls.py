from django.urls import include, path

from schools.views import (
    accepting,
    classes,
    correcting,
    ctf,
    groups,
    home,
    invitations,
    jobs,
    names_grants,
    people,
    privacy,
    pupils,
    rolls,
    terms,
    years,
)

# /schools/<urn>/<year>/...
school_urls = [
    path("", home.school_home, name="school_home"),
    path("pupils/", rolls.roll, name="roll"),
    path("pupils/ctf/", ctf.ctf, name="ctf"),
    path("pupils/<uuid:pupil_id>/", pupils.pupil, name="pupil"),
    path("pupils/<uuid:pupil_id>/correct/", correcting.correct, name="correct_pupil"),
    path("classes/", classes.class_list, name="class_list"),
    path("classes/<uuid:class_id>/", rolls.class_roll, name="class_roll"),
    path("groups/", groups.group_list, name="group_list"),
    path("groups/new/", groups.new_group, name="new_group"),
    path("groups/<uuid:group_id>/", groups.group, name="group"),
    path("people/names/", names_grants.names_grants, name="names_grants"),
    path("people/", people.people, name="people"),
    path("privacy/", privacy.privacy, name="school_privacy"),
    path("people/invite/", invitations.new_invitation, name="new_invitation"),
    path("people/invitations/<uuid:invitation_id>/", invitations.invitation, name="invitation"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("terms/", terms.terms, name="terms"),
    path("terms/next-year/", years.next_year, name="next_year"),
    path("jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("jobs/<uuid:job_id>/file/", jobs.job_file, name="job_file"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("invitations/<urn:urn>/<str:key>/", accepting.accept_invitation, name="accept_invitation"),
    path("schools/<urn:urn>/", home.school_now, name="school_now"),
    path("schools/<urn:urn>/<year:year>/", include(school_urls)),
]
