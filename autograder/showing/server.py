"""formgrader's server: nbgrader's pages for graders, and nothing else of a Jupyter server.

No kernels, terminals, files, notebooks or log-out: what is not listed in :func:`rules` does
not exist.  Whatever changes something needs a token that only formgrader's own pages hold,
beside the cookie, and must come from them.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from nbgrader.server_extensions.formgrader import apihandlers, handlers
from nbgrader.server_extensions.formgrader.base import BaseHandler
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from tornado import web

from autograder.showing.pages import DeskPage
from autograder.showing.sources import templates

STATIC = Path(__file__).resolve().parent / "static"
READS = ("GET", "HEAD")
TOKEN = "X-Formgrader-Token"
REFUSED = "This changes grades, so only formgrader's own pages may ask for it: reload the page."
NO_ENTRY = "Open the address that `autograder formgrader` printed: it holds the key to this page."
NOT_GRADED = "This submission has no graded notebook: run `autograder grade` first."
COMMON = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# of nbgrader's handlers: it serves any file of the course folder, the key of the records too
UNWANTED = {handlers.SubmissionFilesHandler, handlers.FormgraderHandler, web.StaticFileHandler}


def policy(nonce: str) -> str:
    """The Content-Security-Policy of every page: scripts from this server's files alone."""
    return (
        "default-src 'none'; connect-src 'self'; font-src 'self'; img-src data:; "
        f"script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    )


class Guard(JupyterHandler):
    """What every handler of this server does first."""

    @property
    def nonce(self) -> str:
        """Drawn anew for each response; only templates get it."""
        if not hasattr(self, "_nonce"):
            self._nonce = secrets.token_urlsafe(16)
        return self._nonce

    @property
    def content_security_policy(self) -> str:
        return policy(self.nonce)

    def set_default_headers(self) -> None:
        super().set_default_headers()
        for name, value in COMMON.items():
            self.set_header(name, value)
        if "/formgrader/api/" in self.request.path:
            # JSON, which nbgrader calls a page; its scripts want to read it themselves
            self.set_header("Content-Type", "text/plain; charset=UTF-8")

    async def prepare(self, **kw: Any) -> None:
        if self.request.method not in READS:
            self._may_write()
        await super().prepare(**kw)  # who it is, and whether the cookies fit

    def _may_write(self) -> None:
        headers, given = self.request.headers, self.request.headers.get(TOKEN, "")
        known = hmac.compare_digest(given.encode(), self.settings["desk_token"].encode())
        here = (self.request.protocol, self.request.host)
        told = [headers[name] for name in ("Origin", "Referer") if name in headers]
        own = all((urlsplit(x).scheme, urlsplit(x).netloc) == here for x in told)
        within = headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        if not (known and own and within):
            raise web.HTTPError(403, REFUSED)

    def get_login_url(self) -> str:
        """There is no form to log in by: who has no key is told where it is."""
        raise web.HTTPError(403, NO_ENTRY)

    def write_error(self, status_code: int, **kw: Any) -> None:
        error = (kw.get("exc_info") or (None, None, None))[1]
        told = error.log_message if isinstance(error, web.HTTPError) else None
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(told or f"{status_code}: this did not work; the terminal says more.")


class Page(Guard, BaseHandler):  # type: ignore[misc]
    """nbgrader's handlers, with what our templates ask for."""

    def render(self, name: str, **ns: Any) -> str:  # type: ignore[override]
        if name == "formgrade_404.tpl":  # it imports a template that nbgrader does not have
            raise web.HTTPError(404, NOT_GRADED)
        known = {"nonce": self.nonce, "token": self.settings["desk_token"]}
        env: Environment = self.settings["nbgrader_jinja2_env"]
        return env.get_template(name).render(**{"base_url": self.base_url, **ns, **known})

    @property
    def exporter(self) -> Any:
        made = self.settings["nbgrader_exporter"]
        known = {"nonce": self.nonce, "token": self.settings["desk_token"]}
        return SimpleNamespace(
            from_filename=lambda name, resources: made.from_filename(
                name, resources={**resources, **known}
            )
        )


class Home(Page):
    """The first page; nbgrader's own would load any configuration that the address names."""

    @web.authenticated
    def get(self) -> None:
        self.redirect(f"{self.base_url}/formgrader/manage_assignments")


class Nothing(Page):
    """Everything that this server has not."""

    @allow_unauthenticated
    async def prepare(self, **kw: Any) -> None:
        raise web.HTTPError(404, "There is nothing here.")


class Entry(Guard):
    """Says where the key is."""

    @allow_unauthenticated
    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(NO_ENTRY)


class Files(web.StaticFileHandler):
    """Scripts and styles that belong to a package; nobody's data."""

    def set_default_headers(self) -> None:
        for name, value in COMMON.items():
            self.set_header(name, value)
        self.set_header("Content-Security-Policy", "default-src 'none'; sandbox")


def guarded(handler: type) -> type:
    """One of nbgrader's handlers behind the guard."""
    return type(f"Guarded{handler.__name__}", (Page, handler), {"__module__": __name__})


def rules() -> list[tuple[Any, ...]]:
    """All that this server answers, as pairs of address and handler."""
    known = [*handlers.default_handlers, *apihandlers.default_handlers]
    wanted = [(rule[0], guarded(rule[1])) for rule in known if rule[1] not in UNWANTED]
    return [
        (r"/?", Home),
        (r"/formgrader/?", Home),
        (r"/login", Entry),
        *wanted,
        (r"/formgrader/static/(.*)", Files, {"path": handlers.static_path}),
        (r"/formgrader/desk/(.*)", Files, {"path": str(STATIC)}),
        (r".*", Nothing),
    ]


class Formgrader(FormgradeExtension):  # type: ignore[misc]
    """nbgrader's extension with our pages."""

    def init_tornado_settings(self, webapp: Any) -> None:
        self.debug = False  # it would show the configuration on a page
        super().init_tornado_settings(webapp)
        webapp.settings.update(
            nbgrader_exporter=DeskPage(config=self.config),
            nbgrader_jinja2_env=templates(handlers.template_path),
        )


class Desk(ServerApp):
    """A Jupyter server without all that makes it one."""

    name = "formgrader"
    default_services = ()  # type: ignore[assignment]

    def load_config_file(self, *args: Any, **kw: Any) -> None:
        """No configuration of the user's or the machine's: it could bring all of it back."""

    def find_server_extensions(self) -> None:
        self.jpserver_extensions = {}

    def write_server_info_file(self) -> None:
        """No file tells the token."""

    def write_browser_open_files(self) -> None:
        """Nor a page that opens this one."""

    def init_webapp(self) -> None:
        self.tornado_settings["desk_token"] = secrets.token_urlsafe(32)
        self.identity_provider.cookie_options = {"samesite": "Strict", "httponly": True}
        super().init_webapp()
        os.environ.pop("JUPYTER_TOKEN", None)  # whatever is started from here has no use for it
        extension = Formgrader(parent=self)
        extension.root_dir = self.root_dir
        extension.log = self.log
        extension.initialize([])
        extension.init_tornado_settings(self.web_app)
        self.web_app.wildcard_router.rules = []
        self.web_app.wildcard_router.add_rules(
            [(re.escape(self.base_url.rstrip("/")) + rule[0], *rule[1:]) for rule in rules()]
        )


if __name__ == "__main__":
    Desk.launch_instance(sys.argv[1:])
