#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "plugin/completion.hpp"
#include "plugin/completion_script.hpp"
#include "plugin/options_table.hpp"

namespace completion_test {

namespace {

using plugin::Candidate;
using plugin::Completion;
using plugin::NameKind;
using plugin::Options;
using Words = std::vector<std::string>;

/// What a kubeconfig and a cluster have, and what they were asked.
struct Names {
    std::map<NameKind, Words> there_are{
        {NameKind::Plan, {"shop-plan", "shop-test", "bank"}},
        {NameKind::Namespace, {"openshift-migration", "openshift-monitoring", "shop"}},
        {NameKind::Context, {"default/api:6443/kube:admin", "prod", "prod-old"}},
        {NameKind::Cluster, {"api:6443"}},
        {NameKind::User, {"kube:admin/api:6443"}}};
    std::vector<Options> asked = {};

    Completion complete(const Words& words) {
        return plugin::complete(words, [this](NameKind kind, const Options& options) {
            asked.push_back(options);
            return there_are[kind];
        });
    }
};

Completion completed(const Words& words) {
    return Names().complete(words);
}

Words words_of(const Completion& completion) {
    Words out;
    for (const Candidate& candidate : completion.candidates) out.push_back(candidate.word);
    return out;
}

Words candidates(const Words& words) {
    CAPTURE(base::join(words, " "));
    const Completion completion = completed(words);
    CHECK(completion.directive == plugin::CompletionDirective::NoFiles);
    return words_of(completion);
}

bool has(const Words& words, const std::string& word) {
    return std::ranges::count(words, word) == 1;
}

}  // namespace

TEST_CASE("the first word is a command or a plan") {
    const Words all = candidates({""});
    for (const plugin::CommandWord& command : plugin::command_words()) {
        CAPTURE(command.name);
        CHECK(has(all, std::string(command.name)));
    }
    CHECK(has(all, "shop-plan"));
    CHECK(candidates({"shop"}) == Words{"shop-plan", "shop-test"});
    CHECK(candidates({"vers"}) == Words{"version"});
    CHECK(candidates({"-y", "-n", "mtc", "shop-p"}) == Words{"shop-plan"});
    CHECK(candidates({}) == all);
}

TEST_CASE("a command comes with its help, a plan without") {
    const Completion completion = completed({""});
    for (const Candidate& candidate : completion.candidates) {
        const plugin::CommandWord* command = plugin::find_command(candidate.word);
        CHECK(candidate.description == (command == nullptr ? "" : command->help));
    }
}

TEST_CASE("a command that works on a plan is followed by one plan") {
    CHECK(candidates({"run", ""}) == Words{"shop-plan", "shop-test", "bank"});
    CHECK(candidates({"run", "b"}) == Words{"bank"});
    CHECK(candidates({"-y", "run", "--dry-run", "b"}) == Words{"bank"});
    CHECK(candidates({"run", "bank", ""}).empty());
    CHECK(candidates({"assess", "b"}) == Words{"bank"});
    CHECK(candidates({"assess", "bank", ""}).empty());
    CHECK(candidates({"manual", "b"}) == Words{"bank"});
    CHECK(candidates({"manual", "bank", ""}).empty());
    CHECK(candidates({"bank", ""}).empty());
    CHECK(candidates({"version", ""}).empty());
}

TEST_CASE("a plan is completed in the spelling that was begun") {
    CHECK(candidates({"migplan/sh"}) == Words{"migplan/shop-plan", "migplan/shop-test"});
    CHECK(candidates({"run", "migplans/b"}) == Words{"migplans/bank"});
    CHECK(candidates({"run", "migplan.migration.openshift.io/b"}) ==
          Words{"migplan.migration.openshift.io/bank"});
    CHECK(candidates({"--", "b"}) == Words{"bank"});
    CHECK(candidates({"--", "bank", ""}).empty());
    CHECK(candidates({"--", "-"}).empty());
}

TEST_CASE("a plan that is called like a command is offered in the spelling that reaches it") {
    Names names;
    names.there_are[NameKind::Plan] = {"verify", "version", "bank"};
    CHECK(words_of(names.complete({"migp"})) == Words{"migplan/verify", "migplan/version"});
    CHECK(words_of(names.complete({"vers"})) == Words{"version"});
    CHECK(words_of(names.complete({"run", "ver"})) == Words{"verify", "version"});
    CHECK(words_of(names.complete({"--", "ver"})) == Words{"verify", "version"});
}

TEST_CASE("help is followed by a command, completion by a shell") {
    CHECK(candidates({"help", "vers"}) == Words{"version"});
    CHECK(candidates({"help", "shop"}).empty());
    CHECK(candidates({"help", "run", ""}).empty());
    CHECK(candidates({"completion", ""}) == Words{"bash", "zsh", "fish"});
    CHECK(candidates({"completion", "b"}) == Words{"bash"});
    CHECK(candidates({"completion", "bash", ""}).empty());
}

TEST_CASE("a dash asks for the flags that the command takes") {
    const Words all = candidates({"-"});
    for (const plugin::Flag& flag : plugin::flags()) {
        CAPTURE(flag.name);
        const std::string name = "--" + std::string(flag.shorthand == 'v' ? "v" : flag.name);
        const bool taken = plugin::takes("run", flag);
        CHECK(has(all, name) == (taken && !flag.help.empty()));
    }
    CHECK(candidates({"bank", "--dr"}) == Words{"--dry-run"});
    CHECK(candidates({"version", "--dr"}).empty());
    CHECK(candidates({"assess", "--ex"}) == Words{"--exit-code"});
    CHECK(candidates({"assess", "--dr"}).empty());
    CHECK(candidates({"assess", "--source-c"}) == Words{"--source-context"});
    CHECK(candidates({"manual", "--on"}) == Words{"--only"});
    CHECK(candidates({"manual", "--dr"}) == Words{"--dry-run"});
    CHECK(candidates({"run", "--on"}).empty());
    CHECK(candidates({"version", "--out"}) == Words{"--output"});
    CHECK(candidates({"--cont"}) == Words{"--context"});
    CHECK(completed({"--yes"}).candidates.front().description ==
          "don't ask; a must when stdin is no terminal");
}

TEST_CASE("a flag is offered once, a repeatable one again") {
    CHECK(candidates({"-y", "--ye"}).empty());
    CHECK(candidates({"--as-group=a", "--as-g"}) == Words{"--as-group"});
    CHECK(candidates({"manual", "--set=job/x=1", "--se"}) == Words{"--set", "--server"});
    CHECK(candidates({"manual", "--only=workloads", "--on"}).empty());
}

TEST_CASE("the values of a flag come with it or after it") {
    const Words formats{"wide", "json", "yaml", "name"};
    for (const Words& words : {Words{"-o", ""}, Words{"--output", ""}, Words{"--output="},
                               Words{"-o="}, Words{"-yo", ""}, Words{"bank", "-yo="}}) {
        CHECK(candidates(words) == formats);
    }
    CHECK(candidates({"-o", "j"}) == Words{"json"});
    CHECK(candidates({"--output=j"}) == Words{"json"});
    CHECK(candidates({"--dry-run="}) == Words{"client", "server"});
    CHECK(candidates({"--progress", "t"}) == Words{"tty"});
    CHECK(candidates({"--color", ""}) == Words{"auto", "always", "never"});
    CHECK(candidates({"--yes="}) == Words{"true", "false"});
    CHECK(candidates({"--timeout", ""}).empty());
    CHECK(candidates({"--token", ""}).empty());
    CHECK(candidates({"--dry-run", "b"}) == Words{"bank"});
    CHECK(candidates({"manual", "--only", ""}) == Words{"stage-pods", "workloads"});
    CHECK(candidates({"manual", "--only=w"}) == Words{"workloads"});
}

TEST_CASE("manual offers a format more") {
    CHECK(candidates({"manual", "-o", "c"}) == Words{"commands"});
    CHECK(candidates({"manual", "bank", "--output=c"}) == Words{"commands"});
    CHECK(candidates({"run", "-o", "c"}).empty());
}

TEST_CASE("of a list of namespaces the last one is completed, as the source has it") {
    CHECK(candidates({"manual", "--source-namespaces", "sh"}) == Words{"shop"});
    CHECK(candidates({"manual", "--source-namespaces=a,sh"}) == Words{"a,shop"});
    Names names;
    (void)names.complete({"manual", "--source-context=old", "--context=c", "--source-namespaces="});
    (void)names.complete({"manual", "--context=c", "--source-namespaces="});
    REQUIRE(names.asked.size() == 2);
    CHECK(names.asked[0].kubeconfig.context == "old");
    CHECK(names.asked[1].kubeconfig.context == "c");
}

TEST_CASE("names of the kubeconfig and of the cluster follow their flags") {
    for (const char* flag : {"--context", "--source-context", "--target-context"}) {
        CHECK(candidates({flag, "prod"}) == Words{"prod", "prod-old"});
        CHECK(candidates({std::string(flag) + "=d"}) == Words{"default/api:6443/kube:admin"});
    }
    CHECK(candidates({"--cluster", ""}) == Words{"api:6443"});
    CHECK(candidates({"--user", ""}) == Words{"kube:admin/api:6443"});
    CHECK(candidates({"-n", "openshift-mi"}) == Words{"openshift-migration"});
    CHECK(candidates({"bank", "--namespace=sh"}) == Words{"shop"});
}

TEST_CASE("a flag that takes a file leaves the rest to the shell") {
    for (const Words& words :
         {Words{"--kubeconfig", ""}, Words{"--client-key=/e"},
          Words{"--certificate-authority", "x"}, Words{"manual", "--plan-file", ""}}) {
        const Completion completion = completed(words);
        CHECK(completion.candidates.empty());
        CHECK(completion.directive == plugin::CompletionDirective::Files);
    }
}

TEST_CASE("what is on the line already says where to look") {
    Names names;
    (void)names.complete(
        {"--context", "prod", "-n=mtc", "--kubeconfig", "f", "--token=t", "run", ""});
    REQUIRE(names.asked.size() == 1);
    CHECK(names.asked[0].kubeconfig.context == "prod");
    CHECK(names.asked[0].kubeconfig.kubeconfig == "f");
    CHECK(names.asked[0].kubeconfig.token == "t");
    CHECK(names.asked[0].ns == "mtc");
}

TEST_CASE("nobody is asked for names that cannot stand here") {
    Names names;
    for (const Words& words : {Words{"-"}, Words{"-o", ""}, Words{"bank", ""}, Words{"help", ""},
                               Words{"--context=prod", "--time"}}) {
        (void)names.complete(words);
    }
    CHECK(names.asked.empty());
}

TEST_CASE("a line that is wrong has no candidates") {
    for (const Words& words :
         {Words{"--nonsense", ""}, Words{"-x", ""}, Words{"--nonsense="}, Words{"-=x"},
          Words{"--timeout=soon", "run", ""}, Words{"-n", "a/b", ""}, Words{"help", "nothing", ""},
          Words{"manual", "--set=x", ""}}) {
        CHECK(candidates(words).empty());
    }
}

TEST_CASE("a name that would tear the answer apart is not offered") {
    Names names;
    names.there_are[NameKind::Context] = {"a\nb", "a\tb", "", "a b", "a"};
    CHECK(words_of(names.complete({"--context", ""})) == Words{"a b", "a"});
}

TEST_CASE("the answer is worded as Cobra's") {
    const Completion completion{.candidates = {{"run", "roll back"}, {"bank"}}};
    CHECK(plugin::wire_text(completion, true) == "run\troll back\nbank\n:4\n");
    CHECK(plugin::wire_text(completion, false) == "run\nbank\n:4\n");
    CHECK(plugin::wire_text({}, true) == ":4\n");
    CHECK(plugin::wire_text({.directive = plugin::CompletionDirective::Files}, true) == ":0\n");
}

TEST_CASE("there is a script for each shell") {
    for (const std::string& shell : plugin::completion_shells()) {
        CHECK(plugin::completion_script(shell).find("oc-mtc-rollback __complete") !=
              std::string::npos);
    }
}

}  // namespace completion_test
