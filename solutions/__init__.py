"""The hidden reference library: answers, known mistakes, rubrics. Instructors only.

One module per chapter.  Remove this folder before giving the repository to students.
"""
