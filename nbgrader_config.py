"""nbgrader's configuration for this course: every nbgrader command works with it.

Run them from the root of the repository.  Grading happens in the sandbox, and the
score is set outside the student's process (see docs/architecture.md).
"""

from autograder.course import private, servers
from autograder.grading import reuse
from autograder.hooks import doors, globs
from autograder.paths import course_dir, exchange_dir, exchange_root, gradebook_url
from autograder.submissions import stamps

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (nbgrader puts it there)

root = course_dir()

c.CourseDirectory.course_id = "training-deep-networks"
c.CourseDirectory.root = str(root)
# or, where a course is large, "postgresql://user@host/database"
c.CourseDirectory.db_url = f"sqlite:///{root / 'gradebook.db'}"
# nothing beside the notebooks is released, or comes to where code runs
c.CourseDirectory.ignore = ["*"]

# every student may enter the exchange, so it lies outside this folder and the course's;
# CS231N_EXCHANGE names another place
c.Exchange.root = str(exchange_dir())
c.ExchangeFactory.release_assignment = "autograder.hooks.exchange.Release"
c.ExchangeFactory.fetch_assignment = "autograder.hooks.exchange.Fetch"
c.ExchangeFactory.submit = "autograder.hooks.exchange.Submit"
c.ExchangeFactory.collect = "autograder.hooks.collect.Collect"
c.ExchangeFactory.release_feedback = "autograder.hooks.exchange.ReleaseFeedback"
# what was handed in last is what counts
c.ExchangeCollect.update = True

# grades go into the course folder, never to where the command is given
c.ExportApp.plugin_class = "autograder.course.export.CsvExport"

c.IncludeHeaderFooter.header = ""
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "*Write your answer here, in your own words.*"

# a time stamp is a file that the student wrote: an unreadable one counts as none
stamps.install()
# nbgrader's own commands find and read what `autograder grade` does
doors.install()
# and its paths may hold brackets
globs.install()
# engine and schema of the gradebook are made once
reuse.install()
# answers, work and grades are closed to other users of the machine
private.install()
private.keep(root)

# reading: whatever was handed in becomes a notebook with the cells that were handed out
c.Autograde.exporter_class = "autograder.hooks.doors.PatientExporter"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "autograder.submissions.restore.Restore",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# grading: compute in the box, judge outside, then let nbgrader keep the score
c.Autograde.autograde_preprocessors = [
    "autograder.hooks.execute.SafeExecute",
    "autograder.hooks.judge.Judge",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "autograder.hooks.comments.JudgeComments",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# the page has a template of its own; what a student wrote is rendered and filtered last
c.GenerateFeedback.exporter_class = "autograder.showing.pages.FeedbackPage"
c.GenerateFeedback.preprocessors = [
    "autograder.hooks.comments.Grades",
    "autograder.hooks.comments.HideRubric",
]

# whatever stands above: the sample class never comes into a real gradebook or exchange
c.CourseDirectory.db_url = gradebook_url(servers.spelled_out(c.CourseDirectory.db_url))
c.Exchange.root = exchange_root(c.Exchange.root)
