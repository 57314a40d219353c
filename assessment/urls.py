"""Addresses below a school and a year: /schools/<urn>/<year>/..."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
