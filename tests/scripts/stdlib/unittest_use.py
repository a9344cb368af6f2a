# unittest: cases, assertions, skips, subtests, running and reporting.
import io
import unittest


class T(unittest.TestCase):
    log = []

    @classmethod
    def setUpClass(cls):
        cls.log.append("setUpClass")

    def setUp(self):
        self.log.append("setUp")
        self.addCleanup(self.log.append, "cleanup")

    def tearDown(self):
        self.log.append("tearDown")

    def test_ok(self):
        self.assertEqual(1, 1)
        self.assertTrue([1])
        self.assertIn(1, [1])
        self.assertIsNone(None)
        self.assertAlmostEqual(0.1 + 0.2, 0.3)
        self.assertRaises(ValueError, int, "x")
        with self.assertRaises(ZeroDivisionError) as cm:
            1 / 0
        self.assertEqual(str(cm.exception), "division by zero")
        with self.assertRaisesRegex(ValueError, "inv.*literal"):
            int("z")
        self.assertCountEqual([1, 2], [2, 1])
        self.assertDictEqual({"a": 1}, {"a": 1})
        self.assertRegex("abc", "b")
        with self.assertWarns(UserWarning):
            import warnings

            warnings.warn("w")
        self.assertIsInstance(5, int)
        self.assertGreater(2, 1)
        self.assertStartsWith("abc", "a")

    def test_fail(self):
        self.assertEqual([1, 2, 3], [1, 2, 4])

    def test_error(self):
        raise KeyError("boom")

    @unittest.skip("not today")
    def test_skip(self):
        pass

    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(1, 2)

    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)

    def test_msg(self):
        try:
            self.assertEqual("a\nb", "a\nc", "extra message")
        except AssertionError as e:
            print(e)
        for f, a in ((self.assertTrue, (0,)), (self.assertIn, (1, [])), (self.assertIs, (1, 2)), (self.assertLess, (2, 1)), (self.assertDictEqual, ({"a": 1}, {"a": 2})), (self.assertIsNone, (5,)), (self.assertAlmostEqual, (1, 2)), (self.assertIsInstance, (1, str)), (self.assertSetEqual, ({1}, {2})), (self.assertRegex, ("a", "b"))):
            try:
                f(*a)
            except AssertionError as e:
                print(str(e).replace("\n", "|"))


suite = unittest.defaultTestLoader.loadTestsFromTestCase(T)
stream = io.StringIO()
result = unittest.TextTestRunner(stream=stream, verbosity=2).run(suite)
print(result.testsRun, len(result.failures), len(result.errors), len(result.skipped), len(result.expectedFailures), result.wasSuccessful())
text = stream.getvalue()
print([l for l in text.splitlines() if " ... " in l or l.startswith(("FAILED", "Ran", "ERROR:", "FAIL:"))][:-2])
print([l for l in text.splitlines() if "Error:" in l])
print(T.log[:4], T.log.count("cleanup"))
