"""Delivery: dates, terms, transport and schedules."""

from __future__ import annotations

from ml_connector.documents.base import Model, Moment, Number
from ml_connector.documents.identifiers import Identifier
from ml_connector.documents.measures import UnitOfMeasure


class DeliverySchedule(Model):
    """A part of a line's quantity with its own date, its own place, or both."""

    qty: Number
    uom: UnitOfMeasure | None = None
    date: Moment | None = None
    location: Identifier | None = None
    source_qualifier: str | None = None


class DeliveryTerms(Model):
    """Who pays and bears what: an Incoterm (or the standard's own code) and its place."""

    code: str | None = None
    place: str | None = None
    payment_method: str | None = None
    text: str | None = None
    source_qualifier: str | None = None


class Transport(Model):
    """Who carries the goods, how, and under which marks."""

    mode: str | None = None
    carrier: Identifier | None = None
    name: str | None = None
    service_level: str | None = None
    tracking: str | None = None
    vehicle: str | None = None
    vehicle_type: str | None = None
    vehicle_initial: str | None = None
    seal: str | None = None


class Delivery(Model):
    """Terms, transport and all dates but the requested one: that stands beside, as ``requested_delivery``."""

    earliest_date: Moment | None = None
    latest_date: Moment | None = None
    actual_date: Moment | None = None
    promised_date: Moment | None = None
    estimated_date: Moment | None = None
    scheduled_date: Moment | None = None
    requested_ship_date: Moment | None = None
    earliest_ship_date: Moment | None = None
    latest_ship_date: Moment | None = None
    ship_date: Moment | None = None
    cancel_after_date: Moment | None = None
    delivery_terms: DeliveryTerms | None = None
    transport: tuple[Transport, ...] = ()
