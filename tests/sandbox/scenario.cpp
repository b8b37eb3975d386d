#include "sandbox/scenario.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/clock.hpp"
#include "base/yaml.hpp"

namespace sandbox {
namespace {

// Thrown and caught in this file only: a wrong word ends the reading, wherever it stands.
struct WrongWord : std::runtime_error {
    using std::runtime_error::runtime_error;
};

using Keys = std::vector<std::string>;

/// A map of the scenario, which knows its place for messages and the words that may stand in it.
class Words {
  public:
    Words(const Json& json, std::string where, const Keys& known)
        : json_(json.is_null() ? Json::object() : json), where_(std::move(where)) {
        if (!json_.is_object()) throw WrongWord(where_ + " must be a map");
        for (const auto& [key, value] : json_.items()) {
            if (std::ranges::count(known, key) == 0)
                throw WrongWord(where_ + " has no word '" + key + "'");
        }
    }

    Json part(const char* key) const { return json_.value(key, Json()); }
    bool flag(const char* key, bool otherwise) const { return json_.value(key, otherwise); }
    std::string text(const char* key, const std::string& otherwise) const {
        return json_.value(key, otherwise);
    }
    int number(const char* key, int otherwise) const { return json_.value(key, otherwise); }
    std::string needed(const char* key) const {
        if (!json_.contains(key)) throw WrongWord(where_ + " needs '" + key + "'");
        return json_.at(key).get<std::string>();
    }
    std::chrono::milliseconds duration(const char* key, std::chrono::milliseconds otherwise) const {
        if (!json_.contains(key)) return otherwise;
        const auto parsed = base::parse_duration(needed(key));
        if (!parsed) throw WrongWord(where_ + ": '" + key + "' is no duration");
        return *parsed;
    }

  private:
    Json json_;
    std::string where_;
};

template <class T>
std::vector<T> each(const Json& list, T (*read)(const Json&)) {
    std::vector<T> out;
    for (const Json& one : list) out.push_back(read(one));
    return out;
}

std::string text_of(const Json& json) {
    return json.get<std::string>();
}

StatusCondition condition_of(const Json& json) {
    const Words words(json, "a condition", {"type", "category", "reason", "message"});
    return {.type = words.needed("type"),
            .category = words.text("category", "Critical"),
            .message = words.text("message", words.needed("type")),
            .reason = words.text("reason", "")};
}

PlanWords plan_of(const Json& json) {
    const Words words(json, "plan",
                      {"name", "namespaces", "volumes", "moved", "indirectVolumes", "directImages",
                       "conversion", "closed", "conditions"});
    return {.name = words.text("name", "shop-plan"),
            .namespaces = each(words.part("namespaces"), text_of),
            .volumes = each(words.part("volumes"), text_of),
            .moved = each(words.part("moved"), text_of),
            .indirect_volumes = words.flag("indirectVolumes", false),
            .direct_images = words.flag("directImages", false),
            .conversion = words.flag("conversion", false),
            .closed = words.flag("closed", false),
            .conditions = each(words.part("conditions"), condition_of)};
}

std::string one_of(const std::string& word, const Keys& known, const std::string& what) {
    if (std::ranges::count(known, word) == 0)
        throw WrongWord("a migration's " + what + " is none: " + word);
    return word;
}

MigrationWords migration_of(const Json& json) {
    static const Keys kinds{"stage", "cutover", "state", "rollback"};
    static const Keys copies{"", "complete", "rsync", "error", "fatal"};
    static const Keys states{"succeeded", "failed", "warnings", "canceled", "running", "pending"};
    const Words words(
        json, "a migration",
        {"name", "kind", "state", "phase", "error", "copy", "quiesce", "canceled", "ago"});
    const std::string kind = one_of(words.text("kind", "cutover"), kinds, "kind");
    return {.name = words.needed("name"),
            .kind = kind,
            .state = one_of(words.text("state", "succeeded"), states, "state"),
            .phase = words.text("phase", ""),
            .error = words.text("error", ""),
            .copy = one_of(words.text("copy", ""), copies, "copy"),
            .quiesce = words.flag("quiesce", kind == "cutover" || kind == "state"),
            .canceled = words.flag("canceled", false),
            .ago = words.duration("ago", std::chrono::minutes(30))};
}

Item item_of(const Json& json) {
    if (json.is_string()) {
        const std::string text = text_of(json);
        const auto slash = text.find('/');
        if (slash == std::string::npos) return {.kind = text, .name = {}};
        return {.kind = text.substr(0, slash), .name = text.substr(slash + 1)};
    }
    const Words words(json, "an object",
                      {"kind", "name", "replicas", "parallelism", "paused", "suspend",
                       "nodeSelector", "claims", "claimTemplate", "app", "host", "size", "stopped",
                       "borrowed", "labels", "annotations", "finalizers", "body"});
    return {.kind = words.needed("kind"), .name = words.text("name", ""), .fields = json};
}

TargetNamespace target_of(const Json& json) {
    const Words words(json, "a namespace of the target", {"migrated", "existing"});
    return {each(words.part("migrated"), item_of), each(words.part("existing"), item_of)};
}

Behaviour behaviour_of(const Json& json) {
    const Words words(json, "controller", {"fail", "warn", "hang", "resumeAfter"});
    Behaviour out;
    out.resume_after = words.duration("resumeAfter", {});
    for (const Json& one : words.part("fail")) {
        const Words w(one, "fail", {"phase", "error", "times"});
        out.fail.push_back({w.needed("phase"), w.needed("error"), w.number("times", -1)});
    }
    for (const Json& one : words.part("warn")) {
        const Words w(one, "warn", {"phase", "type", "message"});
        out.warn.push_back({w.needed("phase"), w.needed("type"), w.needed("message")});
    }
    for (const Json& one : words.part("hang")) {
        const Words w(one, "hang", {"phase", "for"});
        out.hang.push_back({w.needed("phase"), w.duration("for", {})});
    }
    return out;
}

UnreadyPods unready_of(const Json& json) {
    const Words words(json, "unready", {"labels", "reason", "namespace"});
    const Json labels = words.part("labels");
    return {.labels = labels.is_null() ? Json::object() : labels,
            .reason = words.needed("reason"),
            .ns = words.text("namespace", "")};
}

Denied denied_of(const Json& json) {
    const Words words(json, "denied", {"cluster", "verb", "resource", "namespace"});
    return {.cluster = words.text("cluster", "*"),
            .verb = words.text("verb", "*"),
            .resource = words.text("resource", "*"),
            .ns = words.text("namespace", "*")};
}

User user_of(const Json& json) {
    const Words words(json, "a user", {"name", "denied"});
    return {words.needed("name"), each(words.part("denied"), denied_of)};
}

FaultWords fault_of(const Json& json) {
    const Words words(json, "a fault", {"cluster", "match", "status", "times", "retryAfter"});
    return {.cluster = words.text("cluster", "target"),
            .match = words.needed("match"),
            .status = words.number("status", 503),
            .times = words.number("times", 1),
            .retry_after = words.number("retryAfter", 0)};
}

Scenario scenario_of(const std::string& name, const Json& json) {
    const Words words(json, "the scenario",
                      {"title", "plan", "migrations", "stopped", "source", "target", "nodes",
                       "controller", "unready", "users", "faults", "broken", "expect"});
    const Words unready(words.part("unready"), "unready", {"source", "target"});
    const Words broken(words.part("broken"), "broken", {"source", "target"});
    Scenario out{.name = name, .title = words.text("title", name)};
    out.plan = plan_of(words.part("plan"));
    out.migrations = each(words.part("migrations"), migration_of);
    out.stopped = words.flag("stopped", false);
    const Json source = words.part("source");
    for (const auto& [ns, items] : source.items()) out.source[ns] = each(items, item_of);
    const Json target = words.part("target");
    for (const auto& [ns, items] : target.items()) out.target[ns] = target_of(items);
    const Json nodes = words.part("nodes");
    for (const auto& [node, labels] : nodes.items()) out.nodes[node] = labels;
    if (out.nodes.empty()) out.nodes["node-1"] = {{"zone", "a"}};
    out.controller = behaviour_of(words.part("controller"));
    out.unready_on_source = each(unready.part("source"), unready_of);
    out.unready_on_target = each(unready.part("target"), unready_of);
    out.users = each(words.part("users"), user_of);
    out.faults = each(words.part("faults"), fault_of);
    out.broken_on_source = each(broken.part("source"), text_of);
    out.broken_on_target = each(broken.part("target"), text_of);
    if (!words.part("expect").is_null()) out.expect = words.part("expect");
    return out;
}

const std::filesystem::path folder = std::filesystem::path(TESTS_DIR) / "sandbox" / "scenarios";

}  // namespace

std::string Item::text(const char* field, const std::string& otherwise) const {
    return fields.value(field, otherwise);
}

std::int64_t Item::number(const char* field, std::int64_t otherwise) const {
    return fields.value(field, otherwise);
}

bool Item::flag(const char* field, bool otherwise) const {
    return fields.value(field, otherwise);
}

base::Result<Scenario> parse_scenario(const std::string& name, const std::string& yaml) {
    auto json = base::parse_yaml(yaml);
    if (!json) return std::unexpected(base::within("scenario " + name, std::move(json.error())));
    try {
        return scenario_of(name, *json);
    } catch (const std::exception& problem) {  // a wrong word, or a value of another type
        return base::fail(base::ErrorKind::Malformed, "scenario " + name + ": " + problem.what());
    }
}

base::Result<Scenario> load_scenario(const std::string& name_or_path) {
    const bool named = name_or_path.find('/') == std::string::npos;
    const std::filesystem::path path =
        named ? folder / (name_or_path + ".yaml") : std::filesystem::path(name_or_path);
    std::ifstream file(path);
    if (!file)
        return base::fail(base::ErrorKind::NotFound, "no scenario " + path.string(),
                          "one of: " + base::to_yaml(scenario_names()));
    std::ostringstream text;
    text << file.rdbuf();
    return parse_scenario(path.stem().string(), text.str());
}

std::vector<std::string> scenario_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace sandbox
