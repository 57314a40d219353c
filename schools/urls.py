from django.urls import include, path

from schools.views import (
    accepting,
    characteristics,
    classes,
    correcting,
    ctf,
    duplicates,
    groups,
    home,
    invitations,
    jobs,
    moving,
    names_grants,
    new_pupils,
    people,
    privacy,
    pupils,
    roll_over,
    rolls,
    terms,
    years,
)

# /schools/<urn>/<year>/...
school_urls = [
    path("", home.school_home, name="school_home"),
    path("pupils/", rolls.roll, name="roll"),
    path("pupils/new/", new_pupils.new_pupils, name="new_pupils"),
    path("pupils/ctf/", ctf.ctf, name="ctf"),
    path("pupils/duplicates/", duplicates.duplicates, name="duplicates"),
    path(
        "pupils/duplicates/<uuid:pupil_id>/<uuid:other_id>/", duplicates.duplicate_pair, name="duplicate_pair"
    ),
    path("pupils/<uuid:pupil_id>/", pupils.pupil, name="pupil"),
    path("pupils/<uuid:pupil_id>/correct/", correcting.correct, name="correct_pupil"),
    path("pupils/<uuid:pupil_id>/over-time/", characteristics.characteristics, name="characteristics"),
    path("pupils/<uuid:pupil_id>/over-time/<slug:kind>/add/", characteristics.new_period, name="new_period"),
    path(
        "pupils/<uuid:pupil_id>/over-time/<slug:kind>/<uuid:period_id>/",
        characteristics.period,
        name="period",
    ),
    path(
        "pupils/<uuid:pupil_id>/over-time/<year:of_year>/<slug:flag>/",
        characteristics.yearly_value,
        name="yearly_value",
    ),
    path("moving/", moving.moving, name="moving"),
    path("moving/offer/", moving.new_offer, name="new_offer"),
    path("moving/<uuid:offer_id>/", moving.offer, name="offer"),
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
    path("new-year/", roll_over.plan_new_year, name="plan_new_year"),
    path("new-year/preview/", roll_over.preview_new_year, name="preview_new_year"),
    path("new-year/without-class/", roll_over.plan_without_class, name="plan_without_class"),
    path("new-year/classes/<uuid:class_id>/", roll_over.plan_class, name="plan_class"),
    path("jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("jobs/<uuid:job_id>/file/", jobs.job_file, name="job_file"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("invitations/<urn:urn>/<str:key>/", accepting.accept_invitation, name="accept_invitation"),
    path("schools/<urn:urn>/", home.school_now, name="school_now"),
    path("schools/<urn:urn>/<year:year>/", include(school_urls)),
]
