#!/usr/bin/env python3
"""The include rule notices every kind of violation, and nothing else: shown on small trees made for
the purpose."""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import check_includes  # noqa: E402


def run(tree):
    """(exit status, output) for a tree {path: text}"""
    with tempfile.TemporaryDirectory() as root, contextlib.redirect_stdout(io.StringIO()) as output:
        for name, text in tree.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return check_includes.main(root), output.getvalue()


# file, include, words of the remedy
WRONG = [
    ("lib/base/x.cpp", '"kube/cluster.hpp"', "base may include only base"),
    ("lib/base/x.cpp", '"mtc/plan.hpp"', "base may include only base"),
    ("lib/kube/x.cpp", '"mtc/plan.hpp"', "kube knows nothing of MTC"),
    ("lib/kube/x.cpp", '"rollback/state.hpp"', "kube knows nothing of MTC"),
    ("lib/mtc/x.hpp", '"kube/cluster.hpp"', "let run/ fetch it"),
    ("lib/mtc/x.cpp", '"rollback/state.hpp"', "mtc may include only"),
    ("lib/rollback/x.cpp", '"kube/cluster.hpp"', "put it into rollback::State"),
    ("lib/rollback/x.cpp", '"run/observe.hpp"', "rollback may include only"),
    ("lib/run/x.cpp", '"plugin/render.hpp"', "let plugin/ render it"),
    ("lib/run/x.cpp", '"support/fake_cluster.hpp"', "never uses tests/"),
    ("plugin/x.cpp", '"sandbox/server.hpp"', "never uses tests/"),
    ("lib/newlayer/x.cpp", '"base/object.hpp"', "no layer that the rule knows"),
    ("lib/kube/x.cpp", '"../mtc/plan.hpp"', "so that the layer can be seen"),
    ("tests/unit/x.cpp", '"../../lib/mtc/plan.hpp"', "so that the layer can be seen"),
    ("lib/kube/x.cpp", '"cluster.hpp"', 'say "kube/cluster.hpp"'),
    ("lib/base/text.hpp", "<nlohmann/json.hpp>", "only lib/base/object.hpp"),
    ("lib/kube/x.cpp", "<nlohmann/json_fwd.hpp>", "only lib/base/object.hpp"),
    ("tests/unit/x.cpp", "<nlohmann/json.hpp>", "only lib/base/object.hpp"),
    ("lib/kube/kubeconfig.cpp", "<yaml-cpp/yaml.h>", "only lib/base/yaml.cpp"),
    ("lib/base/yaml.hpp", "<yaml-cpp/yaml.h>", "only lib/base/yaml.cpp"),
    ("lib/kube/rest_cluster.cpp", "<httplib.h>", "may name httplib.h"),
    ("lib/kube/http.hpp", "<httplib.h>", "may name httplib.h"),
    ("plugin/main.cpp", "<httplib.h>", "may name httplib.h"),
    ("lib/kube/credentials.cpp", "<openssl/ssl.h>", "may name openssl/ssl.h"),
    ("lib/kube/rest_cluster.cpp", "<simdjson.h>", "only lib/kube/list_decoder.cpp"),
    ("plugin/main.cpp", "<cxxopts.hpp>", "only plugin/options.cpp, tests/sandbox/main.cpp"),
    ("lib/base/text.cpp", "<doctest/doctest.h>", "only tests/*"),
    ("plugin/main.cpp", '"cxxopts.hpp"', "only plugin/options.cpp, tests/sandbox/main.cpp"),
    ("lib/mtc/x.cpp", '"kube/cluster.hpp"  // just this once', "let run/ fetch it"),
    ("lib/mtc/x.cpp", '"mtc/plan.cpp"', "never included"),
    ("tests/unit/x.cpp", '"support/store.cpp"', "never included"),
]

RIGHT = [
    ("lib/base/x.cpp", '"base/object.hpp"'),
    ("lib/kube/x.cpp", '"base/result.hpp"'),
    ("lib/mtc/x.cpp", '"base/object.hpp"'),
    ("lib/rollback/x.cpp", '"mtc/plan.hpp"'),
    ("lib/rollback/x.cpp", "<map>"),
    ("lib/run/x.cpp", '"kube/cluster.hpp"'),
    ("lib/run/x.cpp", '"rollback/decide.hpp"'),
    ("plugin/x.cpp", '"run/follow.hpp"'),
    ("plugin/x.cpp", '"plugin/render.hpp"'),
    ("plugin/options.cpp", "<cxxopts.hpp>"),
    ("lib/base/object.hpp", "<nlohmann/json.hpp>"),
    ("lib/base/yaml.cpp", "<yaml-cpp/yaml.h>"),
    ("lib/kube/http.cpp", "<httplib.h>"),
    ("lib/kube/http_tls.cpp", "<openssl/ssl.h>"),
    ("lib/kube/list_decoder.cpp", "<simdjson.h>"),
    ("tests/unit/base/x.cpp", "<doctest/doctest.h>"),
    ("tests/unit/run/x.cpp", '"support/fake_cluster.hpp"'),
    ("tests/sandbox/server.cpp", "<httplib.h>"),
    ("tests/unit/kube/local_server.cpp", "<openssl/pem.h>"),
    ("lib/mtc/x.cpp", "<vector>  // not \"kube/cluster.hpp\""),
]


class IncludeRule(unittest.TestCase):
    def test_a_wrong_include_is_named_with_file_line_and_remedy(self):
        for path, include, remedy in WRONG:
            with self.subTest(path=path, include=include):
                status, output = run({path: f"#pragma once\n#include {include}\n"})
                self.assertEqual(status, 1)
                self.assertIn(f"{path}:2: #include", output)
                self.assertIn(remedy, output)

    def test_a_right_include_is_left_alone(self):
        for path, include in RIGHT:
            with self.subTest(path=path, include=include):
                status, output = run({path: f"#include {include}\n"})
                self.assertEqual(status, 0, output)

    def test_every_wrong_include_is_named_not_only_the_first(self):
        status, output = run({
            "lib/mtc/a.cpp": '#include "kube/cluster.hpp"\n#include "run/observe.hpp"\n',
            "lib/rollback/b.cpp": '  #  include "kube/cluster.hpp"\n',
        })
        self.assertEqual(status, 1)
        for place in ("lib/mtc/a.cpp:1:", "lib/mtc/a.cpp:2:", "lib/rollback/b.cpp:1:", "3 wrong includes"):
            self.assertIn(place, output)

    def test_a_command_that_names_no_cluster_is_named(self):
        line = '    return "look: oc get pods -n " + ns;\n'
        for path in ("lib/rollback/x.cpp", "lib/run/x.cpp", "plugin/x.cpp"):
            with self.subTest(path=path):
                status, output = run({path: line})
                self.assertEqual(status, 1)
                self.assertIn("rollback/command.hpp", output)
        status, output = run({"lib/rollback/y.cpp": "// oc get pods\n" + 'oc(state, side, "get pods");\n',
                              "tests/unit/x.cpp": line})
        self.assertEqual(status, 0, output)

    def test_a_tree_without_sources_is_no_success(self):
        status, output = run({"README.md": "nothing here"})
        self.assertEqual(status, 1)
        self.assertIn("no source files", output)


if __name__ == "__main__":
    unittest.main()
