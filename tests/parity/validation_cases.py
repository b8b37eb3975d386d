"""What is wrong with a kubeconfig, and in which words it is said."""
from table import A, ALICE, CONTEXT, SECRET, TOKEN, case, differs, failed, kubeconfig, one, sent

NO_USER = "error: requesting uid, groups or user-extra for u without impersonating a user"
GONE = "no such file or directory"
CA_DATA = "certificate-authority-data: '@b64:ca-a.crt@'"


def wrong(name, text, user=TOKEN, cluster=A, **more):
    """A kubeconfig that is refused in these words."""
    return case(name, one(cluster, user), failed(text), **more)


CASES = [
    wrong(
        "CA as data and as a file",
        "error: certificate-authority-data and certificate-authority are both specified for cl. "
        "certificate-authority-data will override.", cluster=f"{A}, {CA_DATA}"),
    wrong("CA file that is missing",
          f"error: unable to read certificate-authority /nope for cl due to open /nope: {GONE}",
          cluster="server: @a@, certificate-authority: /nope"),
    wrong("CA file that is missing, relative",
          f"error: unable to read certificate-authority @dir@/no.crt for cl due to open @dir@/no.crt: {GONE}",
          cluster="server: @a@, certificate-authority: no.crt"),
    case(
        "CA file that is a folder", {"config": one("server: @a@, certificate-authority: folder"), "folder/x": ""},
        failed("error: read @dir@/folder: is a directory"), differs=differs(
            "ours says what the folder was meant to be",
            failed("error: unable to read certificate-authority @dir@/folder for cl due to read @dir@/folder: "
                   "is a directory"))),
    wrong("CA and insecure-skip-tls-verify",
          "error: specifying a root certificates file with the insecure flag is not allowed",
          cluster=A + ", insecure-skip-tls-verify: true"),
    wrong("CA data and insecure-skip-tls-verify",
          "error: specifying a root certificates file with the insecure flag is not allowed",
          cluster=f"server: @a@, {CA_DATA}, insecure-skip-tls-verify: true"),
    wrong("CA that is missing and insecure-skip-tls-verify",
          f"error: unable to read certificate-authority /nope for cl due to open /nope: {GONE}",
          cluster="server: @a@, certificate-authority: /nope, insecure-skip-tls-verify: true"),
    wrong("client certificate as data and as a file",
          "error: client-cert-data and client-cert are both specified for u. "
          "client-cert-data will override.", ALICE + ", client-certificate-data: '@b64:alice.crt@'"),
    wrong("client key as data and as a file", "error: client-key-data and client-key are both specified for u; "
          "client-key-data will override", ALICE + ", client-key-data: '@b64:alice.key@'"),
    wrong(
        "client certificate without a key",
        "error: client-key-data or client-key must be specified for u to use the clientCert "
        "authentication method.", "client-certificate: @pki@/alice.crt"),
    wrong(
        "client certificate as data without a key",
        "error: client-key-data or client-key must be specified for u to use the "
        "clientCert authentication method.", "client-certificate-data: '@b64:alice.crt@'"),
    case(
        "client key without a certificate", one(user="client-key: @pki@/alice.key"), failed("error: EOF"),
        differs=differs(
            "kubectl ignores the key and asks for a user name; ours says what is missing",
            failed("error: client-cert-data or client-cert must be specified for u to use the clientCert "
                   "authentication method."))),
    case("client key without a certificate, but with a token", one(user=f"client-key: @pki@/alice.key, {TOKEN}"),
         sent()),
    wrong("client certificate that is missing",
          f"error: unable to read client-cert /nope for u due to open /nope: {GONE}",
          "client-certificate: /nope, client-key: @pki@/alice.key"),
    wrong("client key that is missing", f"error: unable to read client-key /nope for u due to open /nope: {GONE}",
          "client-certificate: @pki@/alice.crt, client-key: /nope"),
    wrong(
        "client certificate and key that are missing", "Error in configuration: \n"
        f"* unable to read client-cert /no.crt for u due to open /no.crt: {GONE}\n"
        f"* unable to read client-key /no.key for u due to open /no.key: {GONE}",
        "client-certificate: /no.crt, client-key: /no.key"),
    wrong(
        "a token, a user name and a certificate that is missing", "Error in configuration: \n"
        f"* unable to read client-cert /nope for u due to open /nope: {GONE}\n"
        "* more than one authentication method found for u; found [token basicAuth], only one is allowed",
        f"{TOKEN}, username: alice, password: {SECRET}, client-certificate: /nope, client-key: @pki@/alice.key"),
    wrong("as-groups without as", NO_USER, TOKEN + ", as-groups: [x]"),
    wrong("as-uid without as", NO_USER, TOKEN + ", as-uid: x"),
    wrong("as-user-extra without as", NO_USER, TOKEN + ", as-user-extra: {k: [v]}"),
    case("empty as-groups without as", one(user=TOKEN + ", as-groups: []"), sent()),
    wrong(
        "trouble with cluster and user at once", "Error in configuration: \n"
        f"* unable to read client-cert /nope for u due to open /nope: {GONE}\n"
        f"* unable to read certificate-authority /no.ca for cl due to open /no.ca: {GONE}",
        "client-certificate: /nope, client-key: @pki@/alice.key", "server: @a@, certificate-authority: /no.ca"),
    case("a namespace that is none does not matter to a request without one",
         one(context=CONTEXT + ", namespace: Not/A/Name"), sent()),
    case(
        "what is not used is not validated",
        kubeconfig({"cl": A, "x": "server: @a@, certificate-authority: /nope, insecure-skip-tls-verify: true"},
                   {"u": TOKEN, "x": "client-certificate: /nope, as-groups: [x], exec: {}"},
                   {"c": CONTEXT, "x": "cluster: x, user: x"}), sent()),
    case("--context of what is wrong",
         kubeconfig({"cl": A}, {"u": TOKEN, "x": "as-groups: [x]"}, {"c": CONTEXT, "x": "cluster: cl, user: x"}),
         failed(NO_USER.replace(" u ", " x ")), "--context x"),
    case("--user of what is wrong", kubeconfig({"cl": A}, {"u": TOKEN, "x": "as-groups: [x]"}, {"c": CONTEXT}),
         failed(NO_USER.replace(" u ", " x ")), "--user x"),
    case("what is wrong with a user does not matter when another is chosen",
         kubeconfig({"cl": A}, {"u": "as-groups: [x]", "good": TOKEN}, {"c": CONTEXT}), sent(), "--user good"),
    wrong("over http it is validated as well",
          f"error: unable to read client-cert /nope for u due to open /nope: {GONE}",
          "client-certificate: /nope, client-key: @pki@/alice.key", "server: @plain@"),
]
