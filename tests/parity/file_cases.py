"""Which kubeconfig files are read, what one may look like, and how several are merged."""
import dataclasses

from table import (A, ALICE, B, BEARER, CONTEXT, SECRET, TOKEN, case, differs, failed, kubeconfig, matching, one,
                   sent)

OC_SAYS = "with nothing configured ours says what oc says, instead of trying localhost:8080"
NOTHING_CONFIGURED = failed("""\
error: Missing or incomplete configuration info.  Please point to an existing, complete config file:
To view or setup config directly use the 'config' command.""")
LOCALHOST = failed(
    "The connection to the server localhost:8080 was refused - did you specify the right host or port?")
NOTHING = differs(OC_SAYS, NOTHING_CONFIGURED)
WORDING = "the YAML parser is another one, and says it in other words"
NO_SERVER = differs("ours has no localhost:8080 to fall back to, as oc has none",
                    failed('error: no server found for cluster "cl"'))
FIRST, SECOND = one(), one(B, TOKEN + "-second")
SEEN_SECOND = sent("b", authorization=BEARER + "-second")


def cannot_load(why):
    """The file `config` is refused for this reason; a pattern."""
    return matching(r'error: error loading config file "@dir@/config": ' + why)


def refused(name, text, theirs, ours, reason=WORDING):
    """A file that both refuse to load, each in its own words."""
    ours = matching(r'error: (error loading config file "@dir@/config": )?' + ours)
    return case(name, text, cannot_load(theirs), differs=differs(reason, ours))


def twice(section, item, body, duplicate):
    """A kubeconfig in which one list has the same name twice."""
    named = f"- {{name: {duplicate}, {item}: {{{body}}}}}\n"
    return f"{section}:\n{named}{named}"


def duplicated(section, item, body, duplicate):
    """Duplicate names are refused; kubectl dumps the whole list, ours names the name only."""
    kind = {"clusters": "Cluster", "users": "AuthInfo", "contexts": "Context"}[section]
    return dataclasses.replace(
        refused(f"a name that stands twice in {section} is an error", twice(section, item, body, duplicate),
                rf'error converting \*\[\]Named{kind} into .*duplicate name "{duplicate}" in list: .*',
                rf'duplicate name "{duplicate}" in list of {section}',
                "the list itself, with its secrets, is not printed"), theirs_leaks=section == "users")


WHICH = [
    case("--kubeconfig is read instead of $KUBECONFIG", {"config": FIRST, "second": SECOND}, SEEN_SECOND,
         "--kubeconfig @dir@/second"),
    case("--kubeconfig is seen from the working directory", {"sub/second": SECOND}, SEEN_SECOND,
         "--kubeconfig sub/second"),
    case("--kubeconfig that is missing is an error", {"config": FIRST},
         failed("error: stat @dir@/nope: no such file or directory"), "--kubeconfig @dir@/nope"),
    case("--kubeconfig that is missing is an error, also a relative one", {"config": FIRST},
         failed("error: stat nope: no such file or directory"), "--kubeconfig nope"),
    case("--kubeconfig is one path, not a list", {"config": FIRST, "second": SECOND},
         failed("error: stat @dir@/config:@dir@/second: no such file or directory"),
         "--kubeconfig @dir@/config:@dir@/second"),
    case("an empty --kubeconfig counts as not given", FIRST, sent(), "--kubeconfig ''"),
    case("the last --kubeconfig wins", {"config": FIRST, "second": SECOND}, SEEN_SECOND,
         "--kubeconfig @dir@/config --kubeconfig=@dir@/second"),
    case("without --kubeconfig and $KUBECONFIG it is ~/.kube/config", {"home/.kube/config": FIRST}, sent()),
    case("an empty $KUBECONFIG counts as not set", {"home/.kube/config": FIRST}, sent(), env={"KUBECONFIG": ""}),
    case("$KUBECONFIG is read instead of ~/.kube/config", {"config": SECOND, "home/.kube/config": FIRST},
         SEEN_SECOND),
    case("$KUBECONFIG may be relative", {"sub/config": SECOND}, SEEN_SECOND, env={"KUBECONFIG": "sub/config"}),
    case("a path of $KUBECONFIG may hold blanks", {"my files/the config": FIRST}, sent(),
         env={"KUBECONFIG": "@dir@/nope:@dir@/my files/the config"}),
    case("missing files of $KUBECONFIG are skipped", {"config": FIRST}, sent(),
         env={"KUBECONFIG": "@dir@/nope:@dir@/config:@dir@/nowhere/else"}),
    case("empty items of $KUBECONFIG are skipped", {"config": FIRST}, sent(), env={"KUBECONFIG": "::@dir@/config:"}),
    case("a file that stands twice in $KUBECONFIG is read once", {"config": FIRST}, sent(),
         env={"KUBECONFIG": "@dir@/config:@dir@/config"}),
    case("with all files of $KUBECONFIG missing, ~/.kube/config is not read", {"home/.kube/config": FIRST}, LOCALHOST,
         env={"KUBECONFIG": "@dir@/nope:@dir@/nowhere"}, differs=NOTHING),
    case("with nothing but a separator in $KUBECONFIG, ~/.kube/config is not read", {"home/.kube/config": FIRST},
         LOCALHOST, env={"KUBECONFIG": ":"}, differs=NOTHING),
    case("a ~ in $KUBECONFIG is not expanded", {"home/.kube/config": FIRST}, LOCALHOST,
         env={"KUBECONFIG": "~/.kube/config"}, differs=NOTHING),
    case("with an empty HOME it is .kube/config of the working directory", {".kube/config": FIRST}, sent(),
         env={"HOME": ""}, differs=differs("a kubeconfig out of whatever directory one stands in is not trusted",
                                           NOTHING_CONFIGURED)),
    case("with nothing at all", {}, LOCALHOST, differs=NOTHING),
    case("~/.kube/.kubeconfig of long ago", {"home/.kube/.kubeconfig": FIRST}, sent(), differs=differs(
        "nobody has that file any more", NOTHING_CONFIGURED)),
    case("a kubeconfig may be a symbolic link", {"real/there": FIRST, "config": "symlink:real/there"}, sent()),
    case("a directory is no kubeconfig", {"config": FIRST, "folder/x": ""},
         failed('error: error loading config file "@dir@/folder": read @dir@/folder: is a directory'),
         "--kubeconfig @dir@/folder"),
    case("one file that cannot be parsed is fatal, also when another is good",
         {"config": FIRST, "bad": "{ not closed"}, matching('error: error loading config file "@dir@/bad": yaml: .*'),
         env={"KUBECONFIG": "@dir@/config:@dir@/bad"}, differs=differs(
             WORDING, matching('error: error loading config file "@dir@/bad": .+'))),
    case("a directory in $KUBECONFIG is fatal, also when another file is good", {"config": FIRST, "folder/x": ""},
         failed('error: error loading config file "@dir@/folder": read @dir@/folder: is a directory'),
         env={"KUBECONFIG": "@dir@/folder:@dir@/config"}),
]

JSON = """{
  "clusters": [{"name": "cl", "cluster": {"server": "@a@", "certificate-authority-data": "@b64:ca-a.crt@"}}],
  "users": [{"name": "u", "user": {"token": "MARKER-SECRET"}}],
  "contexts": [{"name": "c", "context": {"cluster": "cl", "user": "u"}}],
  "current-context": "c"
}
"""

CONTENT = [
    case("a file of length zero is an empty kubeconfig", {"config": "", "second": FIRST}, sent(),
         env={"KUBECONFIG": "@dir@/config:@dir@/second"}),
    case("only an empty file is nothing configured", "", LOCALHOST, differs=NOTHING),
    case("a file with only comments is an empty kubeconfig", {"config": "# nothing here\n", "second": FIRST}, sent(),
         env={"KUBECONFIG": "@dir@/config:@dir@/second"}),
    case("a file with only blanks is an empty kubeconfig", {"config": "\n  \n\n", "second": FIRST}, sent(),
         env={"KUBECONFIG": "@dir@/config:@dir@/second"}),
    case("a file with only three dashes is an empty kubeconfig", {"config": "---\n", "second": FIRST}, sent(),
         env={"KUBECONFIG": "@dir@/config:@dir@/second"}),
    case("apiVersion and kind may be left out", FIRST.replace("apiVersion: v1\nkind: Config\n", ""), sent()),
    case("kind alone may be left out", FIRST.replace("kind: Config\n", ""), sent()),
    case("apiVersion alone may be left out", FIRST.replace("apiVersion: v1\n", ""), sent()),
    refused("another apiVersion is refused", FIRST.replace("v1", "v2", 1),
            r'no kind "Config" is registered for version "v2" in scheme .*', "it is no kubeconfig.*"),
    refused("another kind is refused", FIRST.replace("kind: Config", "kind: Pod"),
            r'no kind "Pod" is registered for version "v1" in scheme .*', "it is no kubeconfig.*"),
    case("JSON is read as well", JSON, sent()),
    case("JSON may be indented by tabs", JSON.replace("  ", "\t"), sent()),
    case("JSON escapes are understood", JSON.replace(SECRET, "MARKER\\u002dSECRET"), sent()),
    case("of several documents the first counts", FIRST + "---\n" + SECOND, sent()),
    case("a file may begin with three dashes", "---\n" + FIRST, sent()),
    case("lines may end as on Windows", FIRST.replace("\n", "\r\n"), sent()),
    case("a byte order mark is skipped", "\ufeff" + FIRST, sent()),
    case("unknown fields are ignored",
         FIRST.replace("{server", "{future: [1, 2], server") + "future: {a: b}\n", sent()),
    case("names of fields are case-sensitive", one(user="Token: MARKER-SECRET, TOKEN: MARKER-SECRET-x, " + ALICE),
         sent(authorization=None, certificate="alice")),
    case("anchors and aliases are followed",
         kubeconfig({"cl": A}, {"u": "token: &t MARKER-SECRET", "v": "token: *t"}, {"c": "cluster: cl, user: v"}),
         sent()),
    case("merge keys are followed", "x: &ca {certificate-authority: @pki@/ca-a.crt}\n" + one("<<: *ca, server: @a@"),
         sent()),
    case("empty lists and null ones are fine", {"config": "clusters: []\nusers: null\ncontexts:\n", "second": FIRST},
         sent(), env={"KUBECONFIG": "@dir@/config:@dir@/second"}),
    case("preferences are ignored", "preferences: {colors: true}\n" + FIRST, sent()),
    case(
        "extensions are ignored", "extensions:\n- {name: e, extension: {apiVersion: x/v1, kind: Y, last: 3}}\n" +
        one(A + ", extensions: [{name: minikube.sigs.k8s.io, extension: {provider: x, version: v1}}]"), sent()),
    case("a quoted number is text", one(user='token: "0123"'), sent(authorization="Bearer 0123")),
    case("a number that is tagged as text is text", one(user="token: !!str 123"), sent(authorization="Bearer 123")),
    refused("a number as a token is a type error", one(user="token: 123"),
            "json: cannot unmarshal number into Go .*token.*", ".*token must be text.*"),
    refused("a YAML 1.1 bool as text is a type error", one(user=TOKEN + ", as: x, as-user-extra: {k: [y]}"),
            "json: cannot unmarshal bool into Go .*", ".*as-user-extra.*"),
    refused("a list as text is a type error", one(user="token: [MARKER-SECRET]"),
            "json: cannot unmarshal array into Go .*token.*", ".*token must be text.*"),
    refused("a bool in quotes is a type error", one('server: @a@, insecure-skip-tls-verify: "true"'),
            "json: cannot unmarshal string into Go .*insecure-skip-tls-verify.*",
            ".*insecure-skip-tls-verify must be true or false.*"),
    refused("a context name that is a number is a type error",
            FIRST.replace('current-context: "c"', "current-context: 5"),
            "json: cannot unmarshal number into Go .*current-context.*", ".*current-context.*"),
    refused("an entry whose name is a number is a type error",
            kubeconfig({"5": A}, {"u": TOKEN}, {"c": "cluster: '5', user: u"}),
            "json: cannot unmarshal number into Go .*name.*", ".*name.*"),
    refused("clusters that are no list are a type error", "clusters: {a: b}\n",
            "json: cannot unmarshal object into Go .*clusters.*", "clusters is not a list"),
    refused("a cluster that is no map is a type error", "clusters: [{name: cl, cluster: text}]\n",
            "json: cannot unmarshal string into Go .*cluster.*", 'cluster "cl" is not a map'),
    refused("a file that is only a word is refused", "hello\n", "couldn't get version/kind; .*",
            "it is no kubeconfig.*"),
    refused("a file that is a list is refused", "- a\n", "couldn't get version/kind; .*", "it is no kubeconfig.*"),
    case("of a key that stands twice the last counts", one("server: @b@, " + A), sent()),
    refused("a tab as indentation is refused", "clusters:\n\t- name: x\n",
            "yaml: line 2: found character that cannot start any token", "yaml: line 2: .*"),
    case("an entry of the wrong type is fatal, also when it is not used",
         kubeconfig({"cl": A}, {"u": TOKEN, "unused": "token: 5"}, {"c": CONTEXT}),
         cannot_load("json: cannot unmarshal number into Go .*token.*"),
         differs=differs("what is not used stops nobody", sent())),
    case("YAML 1.1 words for true are understood", one("server: @a@, insecure-skip-tls-verify: yes"), sent()),
    case("YAML 1.1 words for true may be capitals", one("server: @a@, insecure-skip-tls-verify: ON"), sent()),
    case("a token that looks like a date is text", one(user="token: 2024-01-01"),
         sent(authorization="Bearer 2024-01-01")),
    case("a token that is null is none", one(user="token: null, " + ALICE),
         sent(authorization=None, certificate="alice")),
    case("base64 may be broken into lines", one('server: @a@, certificate-authority-data: "@lines:ca-a.crt@"'),
         sent()),
    refused("bad base64 in certificate-authority-data is refused",
            one("server: @a@, certificate-authority-data: '***'"), "illegal base64 data at input byte 0",
            ".*certificate-authority-data.*base64.*"),
    refused("bad base64 in client-certificate-data is refused",
            one(user="client-certificate-data: '***', client-key: @pki@/alice.key"),
            "illegal base64 data at input byte 0", ".*client-certificate-data.*base64.*"),
    refused("bad base64 in client-key-data is refused",
            one(user="client-certificate: @pki@/alice.crt, client-key-data: 'MARKER-SECRET'"),
            "illegal base64 data at input byte 6", ".*client-key-data.*base64.*"),
    duplicated("clusters", "cluster", "server: https://x", "cl"),
    duplicated("users", "user", f"token: {SECRET}", "u"),
    duplicated("contexts", "context", "cluster: x", "c"),
    case("a name that stands twice in extensions is an error", twice("extensions", "extension", "a: b", "e"),
         cannot_load(r'error converting \*\[\]NamedExtension into .*duplicate name "e" in list: .*'), differs=differs(
             "extensions are read only for an exec plugin's sake; kubectl's message dumps them", NOTHING_CONFIGURED)),
    case("the same name in two lists is fine", kubeconfig({"x": A}, {"x": TOKEN}, {"x": "cluster: x, user: x"}, "x"),
         sent()),
]


def two(name, first, second, want, **more):
    """Two files in $KUBECONFIG, in two folders."""
    return case(name, {"one/config": first, "two/config": second}, want,
                env={"KUBECONFIG": "@dir@/one/config:@dir@/two/config"}, **more)


PLUGIN_SCRIPT = """#!/bin/sh
cat <<'END'
{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
 "status": {"token": "MARKER-SECRET-from-%s"}}
END
"""
RELATIVE = "exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: %s}"

MERGE = [
    two("the first file that defines a cluster wins", FIRST, kubeconfig({"cl": B}), sent()),
    two("the first file that defines a user wins", FIRST, kubeconfig(users={"u": TOKEN + "-second"}), sent()),
    two("the first file that defines a context wins", kubeconfig(contexts={"c": "cluster: b, user: u"}),
        kubeconfig({"cl": A, "b": B}, {"u": TOKEN}, {"c": CONTEXT}), sent("b")),
    two("fields of one cluster are not merged from two files",
        kubeconfig({"cl": "certificate-authority: @pki@/ca-a.crt"}), FIRST, LOCALHOST, differs=NO_SERVER),
    two("fields of one user are not merged from two files", kubeconfig(users={"u": ALICE}), FIRST,
        sent(authorization=None, certificate="alice")),
    two(
        "fields of one context are not merged from two files", kubeconfig(contexts={"c": "cluster: cl"}),
        one(user=TOKEN + "-second") + "x: y\n", failed("error: EOF"), differs=differs(
            "a request without a login is sent as it is; kubectl asks for a user name", sent(authorization=None))),
    two("an empty cluster in the first file wins", "clusters: [{name: cl, cluster: {}}]\n", FIRST, LOCALHOST,
        differs=NO_SERVER),
    two("the first current-context wins",
        kubeconfig({"cl": A}, {"u": TOKEN}, {"c": CONTEXT, "d": "cluster: b, user: u"}),
        kubeconfig({"b": B}, {}, {}, "d"), sent()),
    two("the first current-context that is not empty wins", kubeconfig(current=""), FIRST, sent()),
    two("a first file without current-context leaves it to the next", "clusters: []\n", FIRST, sent()),
    two("a context may name a cluster and a user of another file", kubeconfig(contexts={"c": CONTEXT}),
        kubeconfig({"cl": A}, {"u": TOKEN}, current=""), sent()),
    case(
        "an entry that is spoilt in the second file is fatal", {"one/config": FIRST, "two/config": "users: 5\n"},
        matching('error: error loading config file "@dir@/two/config": .*'),
        env={"KUBECONFIG": "@dir@/one/config:@dir@/two/config"}, differs=differs(
            WORDING, matching('error: error loading config file "@dir@/two/config": users is not a list'))),
    case(
        "paths are seen from the folder of the file that names them", {
            "one/config": kubeconfig({"cl": "server: @a@, certificate-authority: keys/ca.crt"}, {}, {"c": CONTEXT}),
            "one/keys/ca.crt": "symlink:@pki@/ca-a.crt", "two/config": kubeconfig(
                {}, {"u": "client-certificate: ../keys/me.crt, client-key: ./me.key, tokenFile: token"}),
            "keys/me.crt": "symlink:@pki@/alice.crt", "two/me.key": "symlink:@pki@/alice.key",
            "two/token": SECRET + "-two\n"
        }, sent(authorization=BEARER + "-two", certificate="alice"),
        env={"KUBECONFIG": "@dir@/one/config:@dir@/two/config"}),
    case("paths are seen from the folder of a kubeconfig that is named relatively",
         {"sub/config": one("server: @a@, certificate-authority: ca.crt"), "sub/ca.crt": "symlink:@pki@/ca-a.crt"},
         sent(), "--kubeconfig sub/config"),
    case(
        "paths in ~/.kube/config are seen from ~/.kube", {
            "home/.kube/config": one("server: @a@, certificate-authority: ca.crt"),
            "home/.kube/ca.crt": "symlink:@pki@/ca-a.crt"
        }, sent()),
    case(
        "paths are seen from the folder of a link, not of what it leads to", {
            "real/there": one("server: @a@, certificate-authority: ca.crt"), "config": "symlink:real/there",
            "ca.crt": "symlink:@pki@/ca-a.crt"
        }, sent()),
    case(
        "a ~ in a path is not expanded",
        {"config": one("server: @a@, certificate-authority: ~/ca.crt"), "home/ca.crt": "symlink:@pki@/ca-a.crt"},
        failed("error: unable to read certificate-authority @dir@/~/ca.crt for cl due to open @dir@/~/ca.crt: "
               "no such file or directory")),
    case("a variable in a path is not expanded", one(user="tokenFile: $HOME/token"),
         failed("error: open @dir@/$HOME/token: no such file or directory")),
    case(
        "an exec command with a slash is seen from the folder of its file", {
            "one/config": kubeconfig({"cl": A}, {}, {"c": CONTEXT}), "two/config": kubeconfig(
                {}, {"u": RELATIVE % "./login"}), "one/login": PLUGIN_SCRIPT % "one",
            "two/login": PLUGIN_SCRIPT % "two"
        }, sent(authorization=BEARER + "-from-two"), env={"KUBECONFIG": "@dir@/one/config:@dir@/two/config"}),
    case("an exec command with a slash inside is seen from there as well",
         {"sub/config": one(user=RELATIVE % "bin/login"), "sub/bin/login": PLUGIN_SCRIPT % "sub"},
         sent(authorization=BEARER + "-from-sub"), "--kubeconfig sub/config"),
    case("an exec command without a slash is looked up in PATH", {
        "config": one(user=RELATIVE % "login"), "login": PLUGIN_SCRIPT % "here", "bin/login": PLUGIN_SCRIPT % "path"
    }, sent(authorization=BEARER + "-from-path"), env={"PATH": "@dir@/bin:/usr/bin:/bin"}),
]

CASES = WHICH + CONTENT + MERGE
