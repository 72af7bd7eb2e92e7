/**
 * Our runner for Python's unittest, as the text of a program: `unittest-runner.py REPORT [arguments of unittest]`. It
 * writes one JSON line per test, with what `fromUnittest` reads. Kept to what Python 3.6 understands.
 */
export const unittestRunner = `
import inspect, json, os, sys, unittest
report = open(sys.argv.pop(1), "w")
# A script's own folder stands where "python3 -m unittest" has the current one.
sys.path[0] = os.getcwd()

def file_of(test):
    try:
        path = os.path.relpath(inspect.getfile(type(test)))
    except (TypeError, ValueError):
        return ""
    return "" if path.startswith("..") else path

class Result(unittest.TextTestResult):
    failed = False
    def note(self, test, verdict, reason=None):
        report.write(json.dumps({"id": test.id(), "file": file_of(test), "verdict": verdict, "reason": reason}) + "\\n")
        report.flush()
    def why(self, err):
        return ("%s: %s" % (err[0].__name__, err[1]))[:2000]
    def startTest(self, test):
        self.failed = False
        super().startTest(test)
    def addSuccess(self, test):
        super().addSuccess(test)
        if not self.failed:
            self.note(test, "pass")
    def addError(self, test, err):
        super().addError(test, err)
        last = str(err[1]).strip().splitlines()[-1:] if "_FailedTest" in test.id() else None
        self.note(test, "fail", last[0] if last else self.why(err))
    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "fail", self.why(err))
    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped")
    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note(test, "skipped")
    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note(test, "fail", "It was expected to fail and passed.")
    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None and not self.failed:
            self.failed = True
            self.note(test, "fail", "%s %s" % (subtest._subDescription(), self.why(err)))

sys.argv[0] = "python3 -m unittest"
unittest.main(module=None, testRunner=unittest.TextTestRunner(resultclass=Result))
`;
