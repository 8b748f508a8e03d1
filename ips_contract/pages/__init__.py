"""HTML pages: what the reports and the live page share, and the files of the live page.

All of them have one style, and show a message, its findings and its nearest valid form alike. Style
and scripts are files beside the modules, as browsers take them: nothing is built.
"""
