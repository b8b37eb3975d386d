#include "kube/kubeconfig.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "kube/file.hpp"

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using base::in_quotes;
using base::Json;
using base::Result;
using Entries = std::map<std::string, KubeconfigEntry>;

std::unexpected<Error> invalid(std::string message, std::string hint = {}) {
    return base::fail(ErrorKind::Malformed, "error: " + std::move(message), std::move(hint));
}

// --- which files, and their content
// --------------------------------------------------------------------

std::vector<std::string> listed_files(const std::string& list) {
    std::vector<std::string> files;
    for (std::string& path : base::split(list, ':')) {
        if (!path.empty() && std::ranges::find(files, path) == files.end()) {
            files.push_back(std::move(path));
        }
    }
    return files;
}

std::vector<std::string> files_to_read(const KubeconfigOptions& options) {
    if (!options.kubeconfig.empty()) return {options.kubeconfig};
    const std::string list = process_environment("KUBECONFIG");
    std::vector<std::string> files =
        list.empty() ? std::vector{process_environment("HOME") + "/.kube/config"}
                     : listed_files(list);
    std::erase_if(files, [](const std::string& path) { return !exists(path); });
    return files;
}

std::unexpected<Error> cannot_load(const std::string& file, const std::string& why) {
    return invalid("error loading config file " + in_quotes(file) + ": " + why);
}

/// Where in the file a kind of entry stands: clusters: [{name: ..., cluster: {...}}]
struct Section {
    const char* list;
    const char* item;
    Entries Kubeconfig::* entries;
};
constexpr std::array<Section, 3> sections{{
    {"clusters", "cluster", &Kubeconfig::clusters},
    {"users", "user", &Kubeconfig::users},
    {"contexts", "context", &Kubeconfig::contexts},
}};

Result<void> read_section(const Json& content, const Section& section, const std::string& file,
                          Entries& entries) {
    const Json* list = base::find(content, std::string("/") + section.list);
    if (list == nullptr) return {};
    if (!list->is_array()) return cannot_load(file, std::string(section.list) + " is not a list");
    std::set<std::string> names;
    for (const Json& entry : *list) {
        const auto name = base::text_at(entry, "/name");
        if (!name) {
            return cannot_load(file, std::string("an entry of ") + section.list + " has no name");
        }
        if (!names.insert(*name).second) {
            return cannot_load(
                file, "duplicate name " + in_quotes(*name) + " in list of " + section.list);
        }
        const Json* body = base::find(entry, std::string("/") + section.item);
        if (body != nullptr && !body->is_object()) {
            return cannot_load(
                file, std::string(section.item) + " " + in_quotes(*name) + " is not a map");
        }
        // the first file that defines a name wins, with all of its fields
        entries.try_emplace(*name, file, body == nullptr ? Json::object() : *body);
    }
    return {};
}

bool is_config(const Json& content) {
    const std::string kind = base::text_at(content, "/kind").value_or("Config");
    const std::string version = base::text_at(content, "/apiVersion").value_or("v1");
    return content.is_object() && kind == "Config" && version == "v1";
}

Result<void> merge_file(const std::string& file, Kubeconfig& config) {
    const auto text = read_file(file);
    if (!text) return cannot_load(file, text.error().message);
    const auto content = base::parse_yaml(*text);
    if (!content) return cannot_load(file, content.error().message);
    config.files.push_back(file);
    if (content->is_null()) return {};
    if (!is_config(*content)) {
        return cannot_load(file, "it is no kubeconfig (kind Config, apiVersion v1)");
    }
    for (const Section& section : sections) {
        if (auto read = read_section(*content, section, file, config.*section.entries); !read) {
            return read;
        }
    }
    const Json* current = base::find(*content, "/current-context");
    if (current == nullptr || !config.current_context.empty()) return {};
    if (!current->is_string()) {
        return cannot_load(file, "current-context must be text: put it in quotes");
    }
    config.current_context = current->get<std::string>();
    return {};
}

}  // namespace

Result<Kubeconfig> load_kubeconfig(const KubeconfigOptions& options) {
    if (!options.kubeconfig.empty() && !exists(options.kubeconfig)) {
        return invalid("stat " + options.kubeconfig + ": no such file or directory");
    }
    Kubeconfig config;
    for (const std::string& file : files_to_read(options)) {
        if (auto merged = merge_file(file, config); !merged) {
            return std::unexpected(std::move(merged.error()));
        }
    }
    return config;
}

}  // namespace kube
