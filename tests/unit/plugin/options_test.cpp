#include <doctest/doctest.h>

#include "base/text.hpp"
#include "plugin/exit_code.hpp"
#include "plugin/options.hpp"
#include "plugin/options_table.hpp"

namespace options_test {

namespace {

using plugin::Options;
using plugin::UserError;

using Words = std::vector<std::string>;

Options parsed(const Words& words, const char* program = "/usr/bin/oc-mtc_rollback") {
    std::vector<const char*> argv{program};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return plugin::parse_options(static_cast<int>(argv.size()), argv.data());
}

std::string refusal(const Words& words) {
    try {
        parsed(words);
    } catch (const UserError& error) {
        CHECK(error.code == plugin::ExitCode::Usage);
        CHECK_FALSE(error.hint.empty());
        return error.what();
    }
    return "accepted";
}

std::string hint(const Words& words) {
    try {
        parsed(words);
    } catch (const UserError& error) {
        return error.hint;
    }
    return "accepted";
}

}  // namespace

TEST_CASE("a value is read in every spelling of pflag") {
    const std::vector<Words> spellings{
        {"-n", "mtc"},  {"-nmtc"},  {"-n=mtc"},  {"--namespace", "mtc"},  {"--namespace=mtc"},
        {"-yn", "mtc"}, {"-ynmtc"}, {"-yn=mtc"}, {"-nother", "-n", "mtc"}};
    for (const Words& spelling : spellings) {
        CAPTURE(base::join(spelling, " "));
        Words before = spelling;
        before.emplace_back("shop");
        Words after{"shop"};
        after.insert(after.end(), spelling.begin(), spelling.end());
        Words between{"run"};
        between.insert(between.end(), before.begin(), before.end());
        for (const Words& words : {before, after, between}) {
            CHECK(parsed(words).ns == "mtc");
            CHECK(parsed(words).arguments == Words{"shop"});
        }
    }
}

TEST_CASE("every connection flag arrives") {
    const Options o = parsed({"shop",
                              "--kubeconfig",
                              "k",
                              "--context",
                              "c",
                              "--cluster=cl",
                              "--user",
                              "u",
                              "-s",
                              "https://x:6443",
                              "--token=t",
                              "--certificate-authority",
                              "ca",
                              "--client-certificate",
                              "cc",
                              "--client-key",
                              "ck",
                              "--tls-server-name",
                              "sn",
                              "--insecure-skip-tls-verify",
                              "--request-timeout=1m30s",
                              "--disable-compression",
                              "--as=admin",
                              "--as-group",
                              "ops,dev",
                              "--as-uid=42",
                              "--as-user-extra",
                              "scopes=view",
                              "--as-group=system:masters",
                              "--as-user-extra=scopes=a=b",
                              "--parallel",
                              "16",
                              "--source-context",
                              "old",
                              "--target-context",
                              "new"});
    CHECK(o.kubeconfig.kubeconfig == "k");
    CHECK(o.kubeconfig.context == "c");
    CHECK(o.kubeconfig.cluster == "cl");
    CHECK(o.kubeconfig.user == "u");
    CHECK(o.kubeconfig.server == "https://x:6443");
    CHECK(o.kubeconfig.token == "t");
    CHECK(o.kubeconfig.certificate_authority == "ca");
    CHECK(o.kubeconfig.client_certificate == "cc");
    CHECK(o.kubeconfig.client_key == "ck");
    CHECK(o.kubeconfig.tls_server_name == "sn");
    CHECK(o.kubeconfig.insecure);
    CHECK(o.kubeconfig.disable_compression);
    CHECK(o.kubeconfig.as == "admin");
    CHECK(o.kubeconfig.as_groups == Words{"ops,dev", "system:masters"});
    CHECK(o.kubeconfig.as_uid == "42");
    CHECK(o.kubeconfig.as_user_extra == Words{"scopes=view", "scopes=a=b"});
    CHECK(o.kubeconfig.request_timeout == std::chrono::seconds(90));
    CHECK(o.kubeconfig.parallel == 16);
    CHECK(o.source_context == "old");
    CHECK(o.target_context == "new");
}

TEST_CASE("what is not said has the documented default") {
    const Options o = parsed({"shop"});
    CHECK(o.command == "run");
    CHECK(o.ns == "openshift-migration");
    CHECK_FALSE(o.yes);
    CHECK(o.verify);
    CHECK(o.dry_run == plugin::DryRun::None);
    CHECK(o.output == plugin::OutputFormat::Text);
    CHECK(o.progress == plugin::ProgressFormat::Auto);
    CHECK(o.color == plugin::ColorMode::Auto);
    CHECK_FALSE(o.timeout.has_value());
    CHECK(o.stall_after == std::chrono::seconds(60));
    CHECK(o.verbosity == 0);
    CHECK_FALSE(o.warnings_as_errors);
    CHECK_FALSE(o.kubeconfig.disable_compression);
    CHECK(o.kubeconfig.as.empty());
    CHECK(o.kubeconfig.as_groups.empty());
    CHECK(o.kubeconfig.parallel == 8);
    CHECK(parsed({"manual", "shop"}).kubeconfig.parallel == 16);
    CHECK(parsed({"manual", "shop", "--parallel=3"}).kubeconfig.parallel == 3);
    CHECK(parsed({"shop", "-n", ""}).ns == "openshift-migration");
}

TEST_CASE("switches take Go's words for true and false") {
    for (const char* word : {"1", "t", "T", "true", "TRUE", "True"})
        CHECK(parsed({"shop", std::string("--yes=") + word}).yes);
    for (const char* word : {"0", "f", "F", "false", "FALSE", "False"})
        CHECK_FALSE(parsed({"shop", std::string("--yes=") + word}).yes);
    CHECK(parsed({"shop", "-y"}).yes);
    CHECK_FALSE(parsed({"shop", "-y=false"}).yes);
    CHECK_FALSE(parsed({"shop", "--yes", "--yes=false"}).yes);
    CHECK_FALSE(parsed({"shop", "--no-verify"}).verify);
    CHECK(parsed({"shop", "--no_verify=false"}).verify);
    CHECK(refusal({"shop", "--yes=maybe"}) ==
          "invalid argument \"maybe\" for \"--yes\" flag: must be true or false");
}

TEST_CASE("kubectl's flags that mean nothing here are accepted") {
    const Options o = parsed({"--cache-dir", "/tmp/cache", "--match-server-version", "shop"});
    CHECK(o.arguments == Words{"shop"});
    CHECK(parsed({"shop", "--warnings-as-errors"}).warnings_as_errors);
    CHECK(refusal({"shop", "--cash-dir=x"}) == "unknown flag: --cash-dir");
}

TEST_CASE("the log level has kubectl's and oc's names") {
    for (const Words& words : {Words{"-v", "6"}, Words{"-v6"}, Words{"-v=6"}, Words{"--v=6"},
                               Words{"--v", "6"}, Words{"--loglevel=6"}}) {
        CAPTURE(base::join(words, " "));
        Words all{"shop"};
        all.insert(all.end(), words.begin(), words.end());
        CHECK(parsed(all).verbosity == 6);
    }
}

TEST_CASE("a dry run without a value is the client's") {
    CHECK(parsed({"--dry-run", "shop"}).dry_run == plugin::DryRun::Client);
    CHECK(parsed({"--dry-run", "shop"}).arguments == Words{"shop"});
    CHECK(parsed({"shop", "--dry-run=server"}).dry_run == plugin::DryRun::Server);
    CHECK(parsed({"shop", "--dry-run=none"}).dry_run == plugin::DryRun::None);
}

TEST_CASE("formats and durations are read") {
    CHECK(parsed({"shop", "-owide"}).output == plugin::OutputFormat::Wide);
    CHECK(parsed({"shop", "-o=json"}).output == plugin::OutputFormat::Json);
    CHECK(parsed({"shop", "-o", "yaml"}).output == plugin::OutputFormat::Yaml);
    CHECK(parsed({"shop", "--output=name"}).output == plugin::OutputFormat::Name);
    CHECK(parsed({"shop", "--progress=json"}).progress == plugin::ProgressFormat::Json);
    CHECK(parsed({"shop", "--color", "never"}).color == plugin::ColorMode::Never);
    CHECK(*parsed({"shop", "--timeout", "20m"}).timeout == std::chrono::minutes(20));
    CHECK(*parsed({"shop", "--timeout=90"}).timeout == std::chrono::seconds(90));
    CHECK_FALSE(parsed({"shop", "--timeout", "0"}).timeout.has_value());
    CHECK(parsed({"shop", "--stall-after=5s"}).stall_after == std::chrono::seconds(5));
}

TEST_CASE("a plan has several spellings, and one of them reaches a plan called like a command") {
    for (const char* word :
         {"verify", "migplan/verify", "migplans/verify", "migplan.migration.openshift.io/verify"}) {
        CHECK(parsed({"run", word}).arguments == Words{"verify"});
        CHECK(parsed({"--", word}).arguments == Words{"verify"});
    }
    CHECK(parsed({"migplan/verify"}).arguments == Words{"verify"});
    CHECK(parsed({"-n", "x", "--", "-odd"}).arguments == Words{"-odd"});
    CHECK(refusal({"pod/web"}) ==
          "\"pod/web\" is no name of a MigPlan: write NAME or migplan/NAME");
    CHECK(refusal({"migplan/"}) ==
          "\"migplan/\" is no name of a MigPlan: write NAME or migplan/NAME");
    CHECK(refusal({"run", ".."}) == "\"..\" is no name of a MigPlan: write NAME or migplan/NAME");
    CHECK(refusal({""}) == "\"\" is no name of a MigPlan: write NAME or migplan/NAME");
}

TEST_CASE("each command takes the flags that mean something to it, and no others") {
    CHECK(parsed({"create", "shop", "--wait", "--name=r1", "--cancel-running"}).name == "r1");
    CHECK(parsed({"create", "shop", "--wait"}).wait);
    CHECK(parsed({"shop", "--cancel-running"}).cancel_running);
    CHECK(parsed({"status", "-w"}).watch);
    CHECK(parsed({"cancel", "shop", "--cancel-rollback"}).cancel_rollback);
    CHECK(refusal({"shop", "--wait"}) == "--wait has no meaning for run");
    CHECK(refusal({"manual", "shop", "--cancel-running"}) ==
          "--cancel-running has no meaning for manual");
    CHECK(refusal({"create", "shop", "--no-verify"}) == "--no-verify has no meaning for create");
    CHECK(refusal({"create", "shop", "--report=a.md"}) == "--report has no meaning for create");
    CHECK(refusal({"verify", "-w"}) == "--watch has no meaning for verify");
    CHECK(refusal({"status", "shop", "--yes"}) == "--yes has no meaning for status");
    CHECK(refusal({"cancel"}) == "which plan? Name the MigPlan whose migration to cancel");
    CHECK(refusal({"status", "shop", "--timeout=3s"}) ==
          "--timeout has no meaning without --watch: nothing is waited for");
}

TEST_CASE("the name of a rollback is one that the API server takes") {
    for (const char* name : {"a", "rollback-1", "a.b-c", "0"})
        CHECK(parsed({"create", "shop", std::string("--name=") + name}).name == name);
    for (const std::string name : {"", "-a", "a-", "A", "a_b", "a..b", "a/b", ".a"}) {
        CHECK(refusal({"create", "shop", "--name=" + name})
                  .starts_with("invalid argument \"" + name + "\" for \"--name\" flag: must "));
    }
}

TEST_CASE("the evidence needs a file whose ending says what it is") {
    for (const char* file : {"r.md", "a b/r.html", "/tmp/R.HTM", "r.json"}) {
        CHECK(parsed({"shop", "--report", file}).report == file);
        CHECK(parsed({"manual", "shop", std::string("--report=") + file}).report == file);
    }
    CHECK(parsed({"shop"}).report.empty());
    for (const std::string file : {"", "r", "r.txt", ".md", "r.md/"}) {
        CHECK(refusal({"shop", "--report=" + file}) ==
              "invalid argument \"" + file +
                  "\" for \"--report\" flag: must be the name of a file that ends in .md, .html or "
                  ".json");
    }
    CHECK(refusal({"assess", "shop", "--report=r.md"}) == "--report has no meaning for assess");
}

TEST_CASE("assess takes a plan or none, and what it needs to look and to show") {
    const Options all = parsed({"assess"});
    CHECK(all.command == "assess");
    CHECK(all.arguments.empty());
    CHECK_FALSE(all.help);
    CHECK_FALSE(all.exit_code);
    const Options one =
        parsed({"assess", "migplan/shop", "--exit-code", "-n", "mtc", "-o", "json", "--color=never",
                "--parallel=4", "--source-context=old", "--target-context", "new", "-v6",
                "--context=c", "--as=admin", "--kubeconfig=k", "--warnings-as-errors"});
    CHECK(one.arguments == Words{"shop"});
    CHECK(one.exit_code);
    CHECK(one.ns == "mtc");
    CHECK(one.output == plugin::OutputFormat::Json);
    CHECK(one.source_context == "old");
    CHECK(one.target_context == "new");
    CHECK(one.kubeconfig.parallel == 4);
    CHECK(parsed({"assess", "-h"}).command == "assess");
    CHECK(parsed({"assess", "-h"}).help);
    CHECK(parsed({"assess", "assess"}).arguments == Words{"assess"});
    CHECK(parsed({"migplan/assess"}).command == "run");
}

TEST_CASE("leftovers takes a plan or none, and what it needs to look and to delete") {
    const Options all = parsed({"leftovers"});
    CHECK(all.command == "leftovers");
    CHECK(all.arguments.empty());
    CHECK_FALSE(all.remove);
    CHECK_FALSE(all.include_backups);
    const Options one =
        parsed({"leftovers", "migplan/shop", "--delete", "--include-backups", "-y", "--dry-run",
                "--timeout=5m", "--stall-after=5s", "--progress=json", "-ojson", "-n", "mtc",
                "--plan-file=f", "--source-context=old", "--target-context=new"});
    CHECK(one.arguments == Words{"shop"});
    CHECK(one.remove);
    CHECK(one.include_backups);
    CHECK(one.yes);
    CHECK(one.dry_run == plugin::DryRun::Client);
    CHECK(*one.timeout == std::chrono::minutes(5));
    CHECK(one.plan_file == "f");
    CHECK(parsed({"migplan/leftovers"}).command == "run");
    for (const char* flag : {"--yes", "--include-backups", "--dry-run"})
        CHECK(refusal({"leftovers", "shop", flag}) ==
              std::string(flag) + " has no meaning without --delete: nothing is changed");
    for (const char* flag : {"--no-verify", "--only=workloads", "--set=deployment/web=1",
                             "--source-namespaces=a", "--assume-target-stopped", "--exit-code"}) {
        const std::string name = std::string(flag).substr(0, std::string(flag).find('='));
        CHECK(refusal({"leftovers", "shop", flag}) == name + " has no meaning for leftovers");
    }
    for (const char* flag : {"--delete", "--include-backups"})
        for (const char* command : {"run", "assess", "manual"})
            CHECK(refusal({command, "shop", flag}) ==
                  std::string(flag) + " has no meaning for " + command);
    CHECK(refusal({"leftovers", "shop", "--plan-file=f", "--source-context=a"}) ==
          "--plan-file needs --source-context, and --target-context: without the control cluster "
          "nothing else says how to reach them");
    CHECK(refusal({"leftovers", "a", "b"}) == "one plan at a time, but there are 2: a b");
}

TEST_CASE("a flag of another command is refused with the command that has no use for it") {
    for (const char* flag : {"--yes", "--dry-run", "--no-verify", "--timeout=5m",
                             "--stall-after=5s", "--progress=json"}) {
        const std::string name = std::string(flag).substr(0, std::string(flag).find('='));
        CHECK(refusal({"assess", "shop", flag}) == name + " has no meaning for assess");
        CHECK(refusal({"version", flag}) == name + " has no meaning for version");
    }
    CHECK(refusal({"shop", "--exit-code"}) == "--exit-code has no meaning for run");
    CHECK(refusal({"manual", "shop", "--exit-code"}) == "--exit-code has no meaning for manual");
    for (const char* flag : {"--only=workloads", "--source-namespaces=a", "--assume-target-stopped",
                             "--plan-file=f"}) {
        const std::string name = std::string(flag).substr(0, std::string(flag).find('='));
        for (const char* command : {"run", "assess"})
            CHECK(refusal({command, "shop", flag}) == name + " has no meaning for " + command);
    }
    for (const char* flag : {"--set=deployment/web=1", "--start-as-before"}) {
        const std::string name = std::string(flag).substr(0, std::string(flag).find('='));
        for (const char* command : {"assess", "create", "verify", "leftovers", "status", "cancel"})
            CHECK(refusal({command, "shop", flag}) == name + " has no meaning for " + command);
    }
    CHECK(refusal({"assess", "a", "b"}) == "one plan at a time, but there are 2: a b");
    CHECK(refusal({"assess", "pod/web"}) ==
          "\"pod/web\" is no name of a MigPlan: write NAME or migplan/NAME");
}

TEST_CASE("run and manual are told what to start") {
    for (const char* command : {"run", "manual"}) {
        const Options o =
            parsed({command, "shop", "--start-as-before", "--set", "a/deployment/web=2"});
        CHECK(o.start_as_before);
        REQUIRE(o.set.size() == 1);
        CHECK(o.set[0].count == 2);
        CHECK_FALSE(parsed({command, "shop"}).start_as_before);
    }
    CHECK(refusal({"manual", "shop", "--only=stage-pods", "--start-as-before"}) ==
          "--start-as-before has no meaning with --only stage-pods: it starts nothing");
}

TEST_CASE("manual takes a plan, what run takes, and what says which part is done by hand") {
    const Options o =
        parsed({"manual", "migplan/shop", "-y", "--timeout=20m", "--stall-after=5s",
                "--progress=json", "--no-verify", "-ojson", "-n", "mtc", "--source-context=old",
                "--only", "workloads", "--source-namespaces", "shop,shop-db",
                "--source-namespaces=bank", "--assume-target-stopped", "--plan-file", "plan.yaml"});
    CHECK(o.command == "manual");
    CHECK(o.arguments == Words{"shop"});
    CHECK(o.yes);
    CHECK_FALSE(o.verify);
    CHECK(*o.timeout == std::chrono::minutes(20));
    CHECK(o.progress == plugin::ProgressFormat::Json);
    CHECK(o.only == plugin::ManualPart::Workloads);
    CHECK(o.source_namespaces == Words{"shop", "shop-db", "bank"});
    CHECK(o.assume_target_stopped);
    CHECK(o.plan_file == "plan.yaml");
    CHECK(parsed({"manual", "shop", "--only=stage-pods"}).only == plugin::ManualPart::StagePods);
    CHECK(parsed({"help", "manual"}).arguments == Words{"manual"});
    CHECK(parsed({"migplan/manual"}).command == "run");
}

TEST_CASE("manual does all of the plan unless it is told less") {
    const Options o = parsed({"manual", "shop"});
    CHECK(o.only == plugin::ManualPart::All);
    CHECK(o.set.empty());
    CHECK(o.source_namespaces.empty());
    CHECK_FALSE(o.assume_target_stopped);
    CHECK(o.plan_file.empty());
    CHECK(o.verify);
    CHECK(o.dry_run == plugin::DryRun::None);
}

TEST_CASE("a replica count names its workload by any word for its kind") {
    struct Row {
        const char* given;
        const char* ns;
        const char* kind;
        std::int64_t count;
    };
    const std::vector<Row> rows{
        {"deployment/web=3", "", "deployment", 3},
        {"shop/Deployment/web=0", "shop", "deployment", 0},
        {"shop/deployments/web=1000000", "shop", "deployment", 1'000'000},
        {"Deployments.Apps/web=1", "", "deployment", 1},
        {"deploymentconfigs.apps.openshift.io/web=2", "", "deploymentconfig", 2},
        {"STATEFULSET/web=2", "", "statefulset", 2},
        {"replicasets/web=2", "", "replicaset", 2},
        {"job/web=2", "", "job", 2},
        {"shop/cronjob/web=0", "shop", "cronjob", 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.given);
        const Options o = parsed({"manual", "shop", "--set", row.given});
        REQUIRE(o.set.size() == 1);
        CHECK(o.set[0].ns == row.ns);
        CHECK(o.set[0].kind == row.kind);
        CHECK(o.set[0].name == "web");
        CHECK(o.set[0].count == row.count);
    }
}

TEST_CASE("several replica counts are taken when they do not contradict") {
    const Options o =
        parsed({"manual", "shop", "--set=deployment/web=3", "--set", "deployments/web=3",
                "--set=deployment/db=1", "--set=statefulset/web=2"});
    REQUIRE(o.set.size() == 4);
    CHECK(o.set[2].name == "db");
    CHECK(parsed({"manual", "p", "--set=a/job/x=1", "--set=b/job/x=2"}).set.size() == 2);
    CHECK(refusal({"manual", "p", "--set=a/deployment/x=1", "--set=a/Deployments/x=2"}) ==
          "invalid argument \"a/Deployments/x=2\" for \"--set\" flag: a/deployment/x=1 is given, "
          "too");
    CHECK(refusal({"manual", "p", "--set=job/x=1", "--set=a/job/x=2"}) ==
          "invalid argument \"a/job/x=2\" for \"--set\" flag: job/x=1 is given, too");
}

TEST_CASE("a replica count of another form is refused with the form") {
    for (const char* given : {"",
                              "=",
                              "3",
                              "web",
                              "web=3",
                              "deployment/web",
                              "deployment/web=",
                              "deployment/=3",
                              "/web=3",
                              "/deployment/web=3",
                              "shop//web=3",
                              "shop/deployment/=3",
                              "a/b/deployment/web=3",
                              "deployment/web=-1",
                              "deployment/web=+1",
                              "deployment/web=three",
                              "deployment/web=3x",
                              "deployment/web= 3",
                              "deployment/web=1.5",
                              "deployment/web=1000001",
                              "deployment/web=3=4",
                              "deployment/web=99999999999999999999",
                              "deployment/web=3,job/x=1"}) {
        CHECK(refusal({"manual", "shop", "--set", given}) ==
              "invalid argument \"" + std::string(given) +
                  "\" for \"--set\" flag: must be [NAMESPACE/]KIND/NAME=N, such as "
                  "shop/deployment/web=3, with N from 0 to 1000000");
    }
}

TEST_CASE("a kind that has no replica count is refused with those that have one") {
    for (const char* kind : {"pod", "daemonset", "deploy", "deployments.extensions"}) {
        const std::string given = "shop/" + std::string(kind) + "/web=3";
        CHECK(refusal({"manual", "shop", "--set", given}) ==
              "invalid argument \"" + given + "\" for \"--set\" flag: \"" + kind +
                  "\" is no kind with a replica count: there are cronjob, deploymentconfig, "
                  "deployment, statefulset, replicaset, job, virtualmachine");
    }
}

TEST_CASE("wrong usage of manual names the word and the way out") {
    struct Row {
        Words flags;
        const char* message;
    };
    const char* plan_file =
        "--plan-file needs --source-context, and --target-context or --assume-target-stopped: "
        "without the control cluster nothing else says how to reach them";
    const char* without_dry_run =
        "-o commands shows what would be done: pass --dry-run=client with it";
    const std::vector<Row> rows{
        {{"--only=pods"},
         "invalid argument \"pods\" for \"--only\" flag: must be stage-pods or workloads"},
        {{"--only="}, "invalid argument \"\" for \"--only\" flag: must be stage-pods or workloads"},
        {{"--only=stage-pods", "--set=job/x=1"},
         "--set has no meaning with --only stage-pods: it starts nothing"},
        {{"--only=stage-pods", "--assume-target-stopped"},
         "--assume-target-stopped has no meaning with --only stage-pods: it starts nothing"},
        {{"--plan-file=f"}, plan_file},
        {{"--plan-file=f", "--source-context=s"}, plan_file},
        {{"--plan-file=f", "--target-context=t"}, plan_file},
        {{"--plan-file=f", "--assume-target-stopped"}, plan_file},
        {{"--plan-file=f", "--source-context=s", "--assume-target-stopped=false"}, plan_file},
        {{"--plan-file="},
         "invalid argument \"\" for \"--plan-file\" flag: must be the name of a file"},
        {{"-ocommands"}, without_dry_run},
        {{"-ocommands", "--dry-run=server"}, without_dry_run},
        {{"-ocommands", "--dry-run=none"}, without_dry_run},
        {{"--source-namespaces=a/b"}, "invalid namespace \"a/b\": [may not contain '/']"},
        {{"--source-namespaces=a,b%"}, "invalid namespace \"b%\": [may not contain '%']"},
        {{"--source-namespaces=a,.."}, "invalid namespace \"..\": [may not be '..']"},
    };
    for (const Row& row : rows) {
        Words words{"manual", "shop"};
        words.insert(words.end(), row.flags.begin(), row.flags.end());
        CHECK(refusal(words) == row.message);
    }
    for (const char* list : {"", ",", "a,", ",a", "a,,b"}) {
        CHECK(refusal({"manual", "shop", "--source-namespaces", list}) ==
              "invalid argument \"" + std::string(list) +
                  "\" for \"--source-namespaces\" flag: must be NAME or NAME,NAME");
    }
}

TEST_CASE("a plan of a file is taken when both sides can be reached, or the target need not be") {
    for (const char* target : {"--target-context=t", "--assume-target-stopped"}) {
        const Options o = parsed({"manual", "shop", "--plan-file=f", "--source-context=s", target});
        CHECK(o.plan_file == "f");
    }
}

TEST_CASE("the oc commands of a manual rollback are shown by its client's dry run alone") {
    for (const char* dry_run : {"--dry-run", "--dry-run=client"})
        CHECK(parsed({"manual", "shop", dry_run, "-o", "commands"}).output ==
              plugin::OutputFormat::Commands);
    for (const char* command : {"run", "assess"}) {
        CHECK(refusal({command, "shop", "-o", "commands"}) ==
              "-o commands has no meaning for " + std::string(command) +
                  ": it is a format of manual PLAN --dry-run=client");
    }
    CHECK(refusal({"version", "-o", "commands"}) ==
          "-o commands has no meaning for version: it is a format of manual PLAN --dry-run=client");
}

TEST_CASE("bad usage names the word and the way out") {
    struct Row {
        Words words;
        const char* message;
    };
    const std::vector<Row> rows{
        {{"--contxt", "x"}, "unknown flag: --contxt (did you mean --context?)"},
        {{"--tokn=very-secret"}, "unknown flag: --tokn (did you mean --token?)"},
        {{"--frobnicate"}, "unknown flag: --frobnicate"},
        {{"--bad"}, "unknown flag: --bad"},
        {{"-x"}, "unknown shorthand flag: 'x' in -x"},
        {{"-yx"}, "unknown shorthand flag: 'x' in -yx"},
        {{"-timeout=5m"}, "unknown shorthand flag: 't' in -timeout (did you mean --timeout?)"},
        {{"shop", "--context"}, "flag needs an argument: --context"},
        {{"shop", "-n"}, "flag needs an argument: 'n' in -n"},
        {{"shop", "-v"}, "flag needs an argument: 'v' in -v"},
        {{"run"}, "which plan? Name the MigPlan to roll back"},
        {{"-y"}, "which plan? Name the MigPlan to roll back"},
        {{"a", "b"}, "one plan at a time, but there are 2: a b"},
        {{"rn", "b"}, "unknown command \"rn\" (did you mean \"run\"?)"},
        {{"run", "rn", "b"}, "one plan at a time, but there are 2: rn b"},
        {{"version", "x"}, "version takes no arguments, but there is \"x\""},
        {{"version", "-y"}, "--yes has no meaning for version"},
        {{"completion"}, "which shell? There are: bash, zsh, fish"},
        {{"completion", "tcsh"}, "no completion script for \"tcsh\": there are bash, zsh, fish"},
        {{"completion", "zsh", "fish"},
         "no completion script for \"zsh fish\": there are bash, zsh, fish"},
        {{"shop", "--as-user-extra", "scopes"},
         "invalid argument \"scopes\" for \"--as-user-extra\" flag: must be KEY=VALUE"},
        {{"manual"}, "which plan? Name the MigPlan to roll back"},
        {{"manual", "a", "b"}, "one plan at a time, but there are 2: a b"},
        {{"__complte", "x"}, "one plan at a time, but there are 2: __complte x"},
        {{"help", "nonsense"}, "unknown help topic \"nonsense\""},
        {{"shop", "-n", "ns/foo"}, "invalid namespace \"ns/foo\": [may not contain '/']"},
        {{"shop", "-o", "bogus"},
         "unable to match a printer suitable for the output format \"bogus\", allowed formats are: "
         "json,name,wide,yaml"},
        {{"shop", "--dry-run=bogus"},
         R"(Invalid dry-run value (bogus). Must be "none", "server", or "client".)"},
        {{"shop", "--request-timeout", "abc"},
         "Invalid timeout value. Timeout must be a single integer in seconds, or an integer "
         "followed by a "
         "corresponding time unit (e.g. 1s | 2m | 3h)"},
        {{"shop", "--request-timeout=-5"},
         "Invalid timeout value. Timeout must be a single integer in seconds, or an integer "
         "followed by a "
         "corresponding time unit (e.g. 1s | 2m | 3h)"},
        {{"shop", "--timeout", "1x"},
         "invalid argument \"1x\" for \"--timeout\" flag: must be a duration such as 90s, 20m or "
         "1h30m"},
        {{"shop", "--timeout="},
         "invalid argument \"\" for \"--timeout\" flag: must be a duration such as 90s, 20m or "
         "1h30m"},
        {{"shop", "--stall-after", "10ms"},
         "invalid argument \"10ms\" for \"--stall-after\" flag: must be a second or more"},
        {{"shop", "--parallel", "0"},
         "invalid argument \"0\" for \"--parallel\" flag: must be a number from 1 to 32"},
        {{"shop", "--parallel", "8x"},
         "invalid argument \"8x\" for \"--parallel\" flag: must be a number from 1 to 32"},
        {{"shop", "-v", "loud"},
         "invalid argument \"loud\" for \"--loglevel\" flag: must be a number from 0 to 10"},
        {{"shop", "--progress", "x"},
         "invalid argument \"x\" for \"--progress\" flag: must be auto, tty, plain, json or none"},
        {{"shop", "--color=x"},
         "invalid argument \"x\" for \"--color\" flag: must be auto, always or never"},
    };
    for (const Row& row : rows) CHECK(refusal(row.words) == row.message);
    CHECK(hint({"--contxt", "x"}) == "See 'oc mtc-rollback -h' for help and examples.");
    CHECK(hint({"run", "-n", "mtc"}) == "List them with: oc get migplans -n mtc");
}

TEST_CASE("a long or odd value is taken as it is") {
    const std::string token(200'000, 'x');
    CHECK(parsed({"shop", "--token", token}).kubeconfig.token == token);
    CHECK(parsed({"shop", "--token=a=b,c\nd"}).kubeconfig.token == "a=b,c\nd");
    CHECK(parsed({"shop", "--context", "--odd"}).kubeconfig.context == "--odd");
    CHECK(parsed({"a,b"}).arguments == Words{"a,b"});
}

TEST_CASE("help is asked for in many ways") {
    CHECK(parsed({}).help);
    CHECK(parsed({}).command.empty());
    CHECK(parsed({"-h"}).help);
    CHECK(parsed({"--help"}).command.empty());
    CHECK(parsed({"run", "--help"}).command == "run");
    CHECK(parsed({"shop", "-h"}).help);
    CHECK(parsed({"version", "-h"}).command == "version");
    CHECK(parsed({"completion", "--help"}).command == "completion");
    CHECK(parsed({"help", "run"}).command == "help");
    CHECK(parsed({"help", "run"}).arguments == Words{"run"});
    CHECK(parsed({"--version"}).command == "version");
    CHECK(parsed({"version", "-o", "json"}).output == plugin::OutputFormat::Json);
}

TEST_CASE("the program is called as its file is named") {
    CHECK(plugin::called_as("/usr/local/bin/oc-mtc_rollback") == "oc mtc-rollback");
    CHECK(plugin::called_as("kubectl-mtc_rollback") == "kubectl mtc-rollback");
    CHECK(plugin::called_as("oc-mtc-rollback") == "oc mtc rollback");
    CHECK(plugin::called_as("./rollback") == "rollback");
    CHECK(plugin::called_as(nullptr) == "oc mtc-rollback");
}

TEST_CASE("oc that finds the kubectl name is called oc") {
    const char* krew = "/home/u/.krew/bin/kubectl-mtc_rollback";
    CHECK(plugin::called_as(krew, "/usr/bin/oc") == "oc mtc-rollback");
    CHECK(plugin::called_as(krew, "oc") == "oc mtc-rollback");
    CHECK(plugin::called_as(krew, "/usr/bin/kubectl") == "kubectl mtc-rollback");
    CHECK(plugin::called_as(krew, "") == "kubectl mtc-rollback");
    CHECK(plugin::called_as("/bin/kubectl-mtc-rollback", "/usr/bin/oc") == "oc mtc rollback");
    CHECK(plugin::called_as("/bin/oc-mtc-rollback", "/usr/bin/kubectl") == "oc mtc rollback");
    CHECK(plugin::called_as("./rollback", "/usr/bin/oc") == "rollback");
    const std::vector<const char*> argv{krew, "--contxt"};
    try {
        plugin::parse_options(2, argv.data(), "/usr/bin/oc");
        FAIL("accepted");
    } catch (const UserError& error) {
        CHECK(error.hint == "See 'oc mtc-rollback -h' for help and examples.");
    }
}

TEST_CASE("the help of completion tells how kubectl and oc are made to complete") {
    const std::string help = plugin::help_text("completion", "kubectl mtc-rollback");
    for (const char* part :
         {"kubectl mtc-rollback completion bash|zsh|fish",
          "source <(oc-mtc-rollback completion bash)", "kubectl_complete-mtc_rollback",
          "oc_complete-mtc_rollback", "ln -s "}) {
        CAPTURE(part);
        CHECK(help.find(part) != std::string::npos);
    }
    for (const std::string& line : base::split(help, '\n')) CHECK(line.size() <= 80);
}

TEST_CASE("the help shows every flag that exists, and none that does not") {
    std::string help = plugin::help_text("", "oc mtc-rollback");
    for (const plugin::CommandWord& command : plugin::command_words())
        help += plugin::help_text(std::string(command.name), "oc mtc-rollback");
    for (const plugin::Flag& flag : plugin::flags()) {
        const bool hidden = flag.help.empty();
        if (hidden) continue;
        const std::string name = "--" + std::string(flag.shorthand == 'v' ? "v" : flag.name);
        CAPTURE(name);
        CHECK(help.find(name) != std::string::npos);
    }
    for (const std::string& line : base::split(help, '\n')) CHECK(line.size() <= 80);
}

}  // namespace options_test
