"""Builds the web application: templates, assets, security, access, errors, logs and the pages."""

from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from claims import clock, config, words
from claims.config import Settings
from claims.web import access, assets, errors, formats, listed, logs, navigation, security, transactions, wording
from claims.web.api import answers
from claims.web.pages import BLUEPRINTS, WITHOUT_FORMS
from claims.web.wiring import EXTENSION, Services, wire

SERVICE_NAME = "Claim for care training"


class WebService(Flask):
    def log_exception(self, exc_info: Any) -> None:
        # Flask's own line would tell the address and the error's text, and so perhaps what somebody typed.
        logs.note("fault", level=logs.ERROR, error=exc_info[1])


def build(settings: Settings | None = None, services: Services | None = None) -> Flask:
    """The application. ``settings`` come from the environment unless given; tests may give their own ``services``.

    Raises ``access.Undeclared`` when a route does not say who may open it, ``assets.NotFetched`` when the style
    sheet has not been fetched, and ``config.NotConfigured``.
    """
    if services is None:
        services = wire(settings or config.from_environment())
    app = WebService(__name__, static_folder=None)
    app.extensions[EXTENSION] = services
    app.config.update(assets.prepare())
    security.configure(app, services.settings)
    prepare_templates(app, services.settings)
    transactions.keep_transactions(app)
    logs.keep_logs(app)
    security.protect(app, without_forms=WITHOUT_FORMS)
    answers.share_with_other_sites(app)
    access.enforce(app)
    errors.show_errors(app)
    for blueprint in (assets.blueprint, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    access.check_declarations(app)
    return app


def prepare_templates(app: Flask, settings: Settings) -> None:
    """Gives templates the page furniture, our filters and what the frame of every page needs."""
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    furniture = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    environment.loader = ChoiceLoader([app.create_global_jinja_loader(), furniture])
    environment.filters.update(formats.FILTERS)
    environment.globals.update(
        service_name=SERVICE_NAME,
        demonstration=settings.demonstration,
        today=clock.today,
        asset=assets.asset,
        places_for=navigation.places_for,
        sign_out=access.SIGN_OUT,
        sign_in=access.SIGN_IN,
        wording=wording,
        office_words=words,
        fund_notices=listed.fund_notices,
    )

    @app.context_processor
    def offer_no_problems() -> dict[str, Any]:
        # A page that shows problems passes ``form`` or ``problems``; the others need not say that they have none.
        return {"form": None, "problems": ()}
