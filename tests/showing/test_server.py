"""formgrader's server: what is there, what is not, and who may change something."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from exploits import RUN
from graded import course
from jinja2 import Environment, FileSystemLoader
from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import handlers

from autograder import demo
from autograder.building.notebooks import Assignment, find
from autograder.course import gradebook
from autograder.showing.server import NO_ENTRY, REFUSED, rules
from autograder.showing.sources import mended
from trial.attacks import pages
from trial.attacks.serving import TOKEN, formgrader_of

HEADER = "X-Formgrader-Token"
STUDENTS = ("ada", "bob")
WRITTEN = "It starts at **zero** <b and $0<\\rho<1$. [x](files/javascript:window.PWNED=1)"


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assignment]:
    """A class of two, graded, in a course folder of its own."""

    def write(nb: NotebookNode) -> None:
        demo.cell_of(nb, "momentum_velocity_start").source = WRITTEN

    with course(tmp_path_factory.mktemp("course"), dict.fromkeys(STUDENTS, write)):
        yield find("3")


@pytest.fixture(scope="module")
def address(assignment: Assignment) -> Iterator[str]:
    with formgrader_of(Path(os.environ["CS231N_COURSE"])) as url:
        yield url


@pytest.fixture
def ident(assignment: Assignment) -> str:
    with Gradebook(gradebook.url()) as book:
        return str(book.find_submission_notebook("momentum", assignment.name, "ada").id)


@pytest.fixture(scope="module")
def grader(address: str) -> requests.Session:
    """Who opened the address with its token, and has the cookies since."""
    session = requests.Session()
    answer = session.get(f"{address}/formgrader?token={TOKEN}")
    assert answer.status_code == 200
    session.headers["X-XSRFToken"] = session.cookies["_xsrf"]
    return session


def token_of(page: str) -> str:
    (found,) = re.findall(r'name="formgrader-token" content="([^"]+)"', page)
    return str(found)


ABSENT = (
    "logout",
    "api",
    "api/kernels",
    "api/kernelspecs",
    "api/sessions",
    "api/terminals",
    "api/contents",
    "api/contents/records.key",
    "api/shutdown",
    "api/status",
    "api/me",
    "api/events/subscribe",
    "terminals/1",
    "files/records.key",
    "view/records.key",
    "nbconvert/html/x.ipynb",
    "lab",
    "tree",
    "notebooks/x.ipynb",
    "edit/x",
    "metrics",
    "custom/custom.css",
    "static/base/images/logo.png",
    "kernelspecs/python3/logo.png",
    "api/config/x",
    "api/nbconvert",
    "lsp/status",
    "formgrader/fonts/x",
    "formgrader/static/../../handlers.py",
    "formgrader/desk/../server.py",
    "formgrader/desk/%2e%2e/server.py",
    "api/security/csp-report",
    "validate_assignment/assignments/validate",
    "nbgrader_version",
)


@pytest.mark.parametrize("path", ABSENT)
def test_nothing_else_is_there(path: str, address: str, grader: requests.Session) -> None:
    """For those who may grade, and without the token that writes; and for POST as for GET."""
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = grader.request(method, f"{address}/{path}", allow_redirects=False)
        assert answer.status_code in (403, 404, 405), (method, answer.status_code)
    assert grader.get(f"{address}/formgrader/manage_assignments").status_code == 200


def test_a_jupyter_server_has_them(address: str) -> None:
    """The list above is of what the server is made from: it can be missed."""
    from jupyter_server.serverapp import JUPYTER_SERVICE_HANDLERS, ServerApp

    assert {"kernels", "contents", "files", "shutdown", "sessions"} <= set(
        ServerApp.default_services
    )
    assert set(ServerApp.default_services) <= JUPYTER_SERVICE_HANDLERS.keys()
    assert all(r[0].startswith(("/formgrader", "/login", "/?", ".*")) for r in rules())


@pytest.mark.parametrize("inside", ["../../../records.key", "momentum.ipynb", "/etc/passwd"])
def test_no_file_of_the_course_is_served(
    inside: str, address: str, ident: str, grader: requests.Session
) -> None:
    path = inside.replace("..", "%2e%2e").replace("/", "%2f")
    for form in (inside, path):
        url = f"{address}/formgrader/submissions/{ident}/{form}"
        asked = requests.Request("GET", url, cookies=grader.cookies).prepare()
        asked.url = url  # as it stands: nothing is tidied up
        assert grader.send(asked).status_code == 404


def test_who_has_no_token_sees_nothing(address: str, ident: str) -> None:
    for path in (
        "formgrader",
        "formgrader/gradebook",
        f"formgrader/submissions/{ident}/",
        "formgrader/api/grades",
    ):
        for query in ("", "?token=wrong"):
            answer = requests.get(f"{address}/{path}{query}")
            assert (answer.status_code, answer.text) == (403, NO_ENTRY)


def test_another_name_for_this_machine_is_refused(address: str) -> None:
    answer = requests.get(
        f"{address}/formgrader?token={TOKEN}", headers={"Host": "rebound.example"}
    )
    assert answer.status_code == 403 and "formgrader-token" not in answer.text


def grades(address: str, grader: requests.Session, ident: str) -> list[dict[str, Any]]:
    return list(
        grader.get(f"{address}/formgrader/api/grades", params={"submission_id": ident}).json()
    )


WRONG: dict[str, dict[str, str]] = {
    "no token of its own": {},
    "another token": {HEADER: "x" * 43},
    "the address's token": {HEADER: TOKEN},
    "letters that no token has": {HEADER: "\u00e9"},
    "another origin": {HEADER: "RIGHT", "Origin": "https://elsewhere.example"},
    "another port": {HEADER: "RIGHT", "Origin": "http://127.0.0.1:1"},
    "no origin to speak of": {HEADER: "RIGHT", "Origin": "null"},
    "another page": {HEADER: "RIGHT", "Referer": "https://elsewhere.example/x"},
    "another site": {HEADER: "RIGHT", "Sec-Fetch-Site": "cross-site"},
    "the same site": {HEADER: "RIGHT", "Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("query", ["", f"?token={TOKEN}"])
def test_nothing_changes_without_the_pages_token(
    name: str, query: str, address: str, ident: str, grader: requests.Session
) -> None:
    """Cookies and the token of the address together are not enough."""
    own = token_of(grader.get(f"{address}/formgrader/gradebook").text)
    headers = {k: own if v == "RIGHT" else v.encode() for k, v in WRONG[name].items()}
    before = grades(address, grader, ident)
    for method, path in (
        ("PUT", f"grade/{before[-1]['id']}"),
        ("POST", f"submitted_notebook/{ident}/flag"),
        ("PUT", "student/ada"),
        ("POST", "assignment/03-momentum/generate_feedback"),
        ("DELETE", f"grade/{before[-1]['id']}"),
    ):
        url = f"{address}/formgrader/api/{path}{query}"
        answer = grader.request(method, url, json={"manual_score": 622}, headers=headers)
        assert (answer.status_code, answer.text) == (403, REFUSED)
    assert grades(address, grader, ident) == before


def test_with_it_points_are_written(address: str, ident: str, grader: requests.Session) -> None:
    """The test above can fail: the same request, from formgrader's own page."""
    own = token_of(grader.get(f"{address}/formgrader/submissions/{ident}").text)
    before = grades(address, grader, ident)
    url = f"{address}/formgrader/api/grade/{before[-1]['id']}"
    headers = {
        HEADER: own,
        "Origin": address,
        "Referer": f"{address}/formgrader",
        "Sec-Fetch-Site": "same-origin",
    }
    assert grader.put(url, json={"manual_score": 1}, headers=headers).status_code == 200
    assert grades(address, grader, ident)[-1]["manual_score"] == 1


def test_reading_changes_nothing(
    address: str, ident: str, grader: requests.Session, tmp_path: Path
) -> None:
    """Nor does it load a configuration that the address names."""
    ran = tmp_path / "ran"
    (tmp_path / "nbgrader_config.py").write_text(f"open({str(ran)!r}, 'w').close()", "utf-8")
    before = grades(address, grader, ident)
    for path in (
        "formgrader",
        f"formgrader?path={tmp_path}",
        "logout",
        f"formgrader/submissions/{ident}/next",
    ):
        assert grader.get(f"{address}/{path}").status_code in (200, 404)
    assert not ran.exists()
    assert grades(address, grader, ident) == before


def test_every_answer_bears_the_policy(address: str, ident: str, grader: requests.Session) -> None:
    seen = set()
    for path in (
        "",
        "login",
        "nothing",
        "formgrader/gradebook",
        f"formgrader/submissions/{ident}/",
        "formgrader/desk/desk.js",
        "formgrader/static/js/utils.js",
        f"formgrader/api/comments?submission_id={ident}",
        "formgrader/api/grade/0",
    ):
        answer = grader.get(f"{address}/{path}")
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        scripts = "".join(re.findall(r"script-src [^;]*", policy))
        assert "unsafe" not in scripts and "http" not in scripts and "*" not in scripts
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        nonces = re.findall(r"nonce-([\w-]+)", policy)
        assert not seen & set(nonces)
        seen |= set(nonces)
        if "/api/" in path:
            assert answer.headers["Content-Type"].startswith("text/plain")
    assert len(seen) > 4


BAD = f'";{RUN}//'


@pytest.mark.parametrize(
    "name", [BAD, f"</script><script>{RUN}</script>", "\\", f"<img src=x onerror={RUN}>", "{{7*7}}"]
)
def test_names_in_addresses_are_text(name: str, address: str, browser: Any) -> None:
    from urllib.parse import quote

    with pages.visit(browser, address) as seen:
        seen.page.goto(f"{address}/formgrader?token={TOKEN}")
        for path in (
            "manage_students/{0}",
            "manage_students/{0}/{0}",
            "gradebook/{0}",
            "gradebook/{0}/{0}",
            "manage_submissions/{0}",
        ):
            path = path.format(quote(name, safe=""))
            seen.page.goto(f"{address}/formgrader/{path}", wait_until="load")
            assert seen.ran() == []
            assert seen.page.evaluate("typeof base_url") == "string"


def test_nbgraders_own_template_runs_such_a_name(browser: Any) -> None:
    stock = Environment(loader=FileSystemLoader(handlers.template_path))
    html = stock.get_template("manage_students_assignments.tpl").render(base_url="", student_id=BAD)
    with pages.visit(browser) as seen:
        seen.page.set_content(html, wait_until="load")
        assert seen.ran()


@pytest.mark.parametrize(
    "path", sorted(Path(handlers.template_path).glob("*.tpl")), ids=lambda p: p.name
)
def test_no_template_needs_a_script_in_its_text(path: Path) -> None:
    source = mended(path.read_text("utf-8"))
    assert not re.search(r"\son[a-z]+=", source, re.IGNORECASE)
    for tag, body in re.findall(r"<script([^>]*)>(.*?)</script>", source, re.DOTALL):
        assert ("src=" in tag and not body) or 'nonce="{{ nonce }}"' in tag
        assert '"{{' not in body
    assert "terminals" not in source


def test_the_buttons_work(address: str, ident: str, browser: Any) -> None:
    """Points, comment, names, next and previous, autograding, feedback, dialogs."""
    with pages.visit(browser, address) as seen:
        page = seen.page
        page.goto(f"{address}/formgrader?token={TOKEN}")
        page.goto(f"{address}/formgrader/submissions/{ident}", wait_until="networkidle")
        cell = page.locator(".nbgrader_cell", has=page.locator("#momentum_velocity_start"))
        with page.expect_response(lambda r: r.request.method == "PUT") as saved:
            cell.locator(".full-credit").click()
        assert saved.value.ok
        with page.expect_response(lambda r: "/api/comment/" in r.url) as saved:
            cell.locator("textarea").fill("Well said: $\\rho$ **counts**.")
            cell.locator("textarea").press("Tab")
        assert saved.value.ok
        assert page.locator(".name-shown").first.is_hidden()
        page.locator("[data-click=toggle_name][data-with=true]").click()
        assert page.locator(".name-shown").first.inner_text() == "ada"
        first = page.url
        page.get_by_role("link", name="Next").click()
        page.wait_for_load_state("networkidle")
        page.go_back()
        page.wait_for_load_state("networkidle")
        assert page.url.partition("?")[0].rstrip("/") == first.partition("?")[0].rstrip("/")
        page.goto(f"{address}/formgrader/manage_submissions/03-momentum", wait_until="networkidle")
        for button in (".autograde a", ".generate-feedback a"):
            row = page.locator("tr", has_text="ada")
            with page.expect_response(lambda r: r.request.method == "POST", timeout=90_000) as done:
                row.locator(button).click()
            assert done.value.ok
            page.locator(".modal-title", has_text="Success").wait_for(timeout=30_000)
            page.locator(".modal .close").last.click()
            page.locator(".modal").wait_for(state="detached")
        page.goto(f"{address}/formgrader/manage_students", wait_until="networkidle")
        page.get_by_text("Add new student").click()
        page.locator("#add-student-modal").wait_for()
        page.goto(f"{address}/formgrader/gradebook/03-momentum/momentum", wait_until="networkidle")
        page.locator("#toggle_names").click()
        assert page.get_by_text("ada", exact=True).is_visible()
        assert seen.ran() == []
    feedback = (
        Path(os.environ["CS231N_COURSE"]) / "feedback" / "ada" / "03-momentum" / "momentum.html"
    )
    html = feedback.read_text("utf-8")
    assert "<strong>counts</strong>" in html and "<mi>\u03c1</mi>" in html
    assert "A grader&#39;s comment" in html or "A grader's comment" in html
    assert "It starts at <strong>zero</strong> &lt;b and" in html


def test_the_submission_page_marks_the_student(address: str, ident: str, browser: Any) -> None:
    with pages.visit(browser, address) as seen:
        page = seen.page
        page.goto(f"{address}/formgrader?token={TOKEN}")
        page.goto(f"{address}/formgrader/submissions/{ident}", wait_until="networkidle")
        assert (
            page.get_by_text("It starts at zero")
            .locator("xpath=ancestor::section[@class='student']")
            .count()
            == 1
        )
        rubric = page.get_by_text("Rubric for the grader").first
        assert rubric.is_visible()
        assert rubric.locator("xpath=ancestor::section[@class='said']").count() == 1
        seen.use()
        assert seen.ran() == [] and seen.foreign() == []
