"""Tokens, user names and passwords, impersonation, and logins of times gone by."""
from table import ALICE, BEARER, SECRET, TOKEN, basic, case, differs, failed, matching, may_differ, one, sent

EXTRA = TOKEN + ", as: bob, as-user-extra: "
REFUSED = "a byte that no header can hold is an error of its own"
BAD_TOKEN = failed("error: the token holds characters that no token has")
NOT_SENT = differs("a header is not sent with what no token has", BAD_TOKEN)
EMPTY = "an empty tokenFile is an error that names it; kubectl asks for a user name, or stumbles later"
EMPTY_FILE = failed("error: the token file @dir@/token is empty")
NOT_OURS = "auth-provider is not supported in ours; it says what to use instead"


def token_file(name, content, want, **more):
    """A user whose token stands in a file."""
    return case(name, {"config": one(user="tokenFile: token"), "token": content}, want, **more)


def extra(name, entries, *headers):
    """A user who impersonates, with these entries of as-user-extra."""
    return case(name, one(user=EXTRA + "{" + entries + "}"),
                sent(impersonate=tuple(sorted((*headers, "Impersonate-User: bob")))))


def removed(provider, instead):
    """An auth-provider that kubectl had once."""
    return case(
        f"auth-provider {provider}", one(user=f"auth-provider: {{name: {provider}}}"),
        matching(f"error: The {provider} auth plugin has been removed.*|"
                 f'error: no Auth Provider found for name "{provider}"'), differs=may_differ(
                     "a kubectl that was built without auth providers knows nothing of it",
                     matching(f"error: The {provider} auth plugin has been removed.*{instead}.*")))


TOKENS = [
    case("a token", one(), sent()),
    case("a token of OpenShift", one(user=f"token: sha256~{SECRET}"), sent(authorization=f"Bearer sha256~{SECRET}")),
    case("a token is not trimmed", one(user=f"token: '  {SECRET} '"), sent(authorization=f"Bearer   {SECRET}"),
         differs=NOT_SENT),
    case("a token with a line end is refused", one(user=f'token: "{SECRET}\\n"'),
         matching("Unable to connect to the server: net/http: invalid header field value for \"Authorization\""),
         differs=differs(REFUSED, BAD_TOKEN)),
    case("a token with other letters", one(user=f"token: größe-{SECRET}"),
         sent(authorization=f"Bearer größe-{SECRET}".encode().decode("latin-1")), differs=NOT_SENT),
    case("an empty token is none", one(user="token: '', " + ALICE), sent(authorization=None, certificate="alice")),
    token_file("a tokenFile", SECRET, sent()),
    token_file("a tokenFile is trimmed", f" \n{SECRET}\r\n\n", sent()),
    token_file("a tokenFile that is empty", "", failed("error: EOF"), differs=differs(EMPTY, EMPTY_FILE)),
    token_file("a tokenFile with only blanks", " \n",
               failed('Unable to connect to the server: net/http: invalid header field value for "Authorization"'),
               differs=differs(EMPTY, EMPTY_FILE)),
    case("a tokenFile beats the token", {"config": one(user=TOKEN + ", tokenFile: token"), "token": SECRET + "-file"},
         sent(authorization=BEARER + "-file")),
    case("a tokenFile that is missing, but a token", one(user=TOKEN + ", tokenFile: nope"), sent()),
    case("a tokenFile that is missing", one(user="tokenFile: nope"),
         failed("error: open @dir@/nope: no such file or directory")),
    case("a tokenFile that is a folder", {"config": one(user="tokenFile: folder"), "folder/x": ""},
         failed("error: read @dir@/folder: is a directory")),
    case("token-file is no field", one(user="token-file: nope, " + TOKEN), sent()),
    case("a token and a client certificate are both sent", one(user=f"{TOKEN}, {ALICE}"), sent(certificate="alice")),
    case("a tokenFile and a client certificate are both sent",
         {"config": one(user=f"tokenFile: token, {ALICE}"), "token": SECRET}, sent(certificate="alice")),
]

BASIC = [
    case("user name and password", one(user=f"username: alice, password: {SECRET}"),
         sent(authorization=basic(f"alice:{SECRET}"))),
    case("a user name alone", one(user="username: alice"), sent(authorization=basic("alice:"))),
    case("a password alone", one(user=f"password: {SECRET}"), failed("error: EOF"), differs=differs(
        "kubectl asks for the user name; ours never asks", sent(authorization=basic(f":{SECRET}")))),
    case("user name and password with other letters", one(user=f"username: jürgen, password: '{SECRET}:ß'"),
         sent(authorization=basic(f"jürgen:{SECRET}:ß"))),
    case("user name and password, and a client certificate",
         one(user=f"username: alice, password: {SECRET}, {ALICE}"),
         sent(authorization=basic(f"alice:{SECRET}"), certificate="alice")),
    case(
        "user name and password, and a token", one(user=f"username: alice, password: {SECRET}, {TOKEN}"),
        failed(
            "error: more than one authentication method found for u; found [token basicAuth], only one is allowed")),
    case("user name and password, and a tokenFile",
         {"config": one(user=f"username: alice, password: {SECRET}, tokenFile: t"), "t": SECRET},
         failed("error: username/password or bearer token may be set, but not both")),
    case("user name and password are not sent over http",
         one("server: @plain@", f"username: alice, password: {SECRET}"), sent("plain", authorization=None)),
]

IMPERSONATION = [
    case("as", one(user=TOKEN + ", as: bob"), sent(impersonate=("Impersonate-User: bob", ))),
    case("as with other letters", one(user=TOKEN + ", as: größe"),
         sent(impersonate=("Impersonate-User: " + "größe".encode().decode("latin-1"), ))),
    case("as with a blank", one(user=TOKEN + ", as: kube admin"),
         sent(impersonate=("Impersonate-User: kube admin", ))),
    case(
        "as-groups", one(user=TOKEN + ", as: bob, as-groups: [devs, 'ops,all', system:masters]"),
        sent(impersonate=("Impersonate-Group: devs", "Impersonate-Group: ops,all",
                          "Impersonate-Group: system:masters", "Impersonate-User: bob"))),
    case("as-uid", one(user=TOKEN + ", as: bob, as-uid: 'a-b-c'"),
         sent(impersonate=("Impersonate-Uid: a-b-c", "Impersonate-User: bob"))),
    extra("as-user-extra", "reason: [why]", "Impersonate-Extra-Reason: why"),
    extra("as-user-extra with several values", "scopes: [a, b]", "Impersonate-Extra-Scopes: a",
          "Impersonate-Extra-Scopes: b"),
    extra("as-user-extra with several keys", "k1: [a], k2: [b]", "Impersonate-Extra-K1: a",
          "Impersonate-Extra-K2: b"),
    extra("as-user-extra with a slash and capitals in its key", "a.b/C: [d]", "Impersonate-Extra-A.B%2Fc: d"),
    extra("as-user-extra with a percent sign in its key", "'50%': [d]", "Impersonate-Extra-50%25: d"),
    extra("as-user-extra with other letters in its key", "größe: [d]", "Impersonate-Extra-Gr%C3%B6%C3%9Fe: d"),
    extra("as-user-extra with an underscore and a blank in its key", "'a_b c': [d]", "Impersonate-Extra-A_B%20C: d"),
    extra("as-user-extra without values", "reason: []"),
    case(
        "everything of impersonation",
        one(user=TOKEN + ", as: bob, as-uid: '7', as-groups: [g], as-user-extra: {k: [w]}"),
        sent(impersonate=("Impersonate-Extra-K: w", "Impersonate-Group: g", "Impersonate-Uid: 7",
                          "Impersonate-User: bob"))),
    case("impersonation with a client certificate", one(user=ALICE + ", as: bob"),
         sent(authorization=None, certificate="alice", impersonate=("Impersonate-User: bob", ))),
    case("impersonation with user name and password", one(user=f"username: alice, password: {SECRET}, as: bob"),
         sent(authorization=basic(f"alice:{SECRET}"), impersonate=("Impersonate-User: bob", ))),
    case("an empty as is none", one(user=TOKEN + ", as: ''"), sent()),
]

PROVIDERS = [
    removed("gcp", "gke-gcloud-auth-plugin"),
    removed("azure", "kubelogin"),
    case("auth-provider that nobody knows", one(user="auth-provider: {name: foo}"),
         failed('error: no Auth Provider found for name "foo"')),
    case(
        "auth-provider oidc",
        one(user=f"auth-provider: {{name: oidc, config: {{idp-issuer-url: 'https://x', client-id: me, "
            f"id-token: {SECRET}}}}}"), matching("error: .*|Unable to connect to the server: .*"), differs=differs(
                NOT_OURS, matching("error: .*auth-provider.*"))),
]

CASES = TOKENS + BASIC + IMPERSONATION + PROVIDERS
