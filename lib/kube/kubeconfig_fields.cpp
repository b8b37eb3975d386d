#include "kube/kubeconfig_fields.hpp"

#include <filesystem>

#include "base/text.hpp"
#include "kube/file.hpp"

namespace kube {

using base::Json;

const Json* Fields::value(const char* name) const {
    if (body_ == nullptr) return nullptr;
    const auto found = body_->find(name);
    const bool is_set = found != body_->end() && !found->is_null() && *found != Json("");
    return is_set ? &*found : nullptr;
}

Fields Fields::inside(const char* name) const {
    const Json* found = value(name);
    if (found != nullptr && !found->is_object()) {
        problem(what_ + ": " + name + " must be a map");
        found = nullptr;
    }
    return {*this, name, found};
}

std::string Fields::text(const char* name) const {
    const Json* found = value(name);
    if (found == nullptr) return {};
    if (found->is_string()) return found->get<std::string>();
    // YAML makes a number of a token that consists of digits
    problem(what_ + ": " + name + " must be text: put it in quotes");
    return {};
}

bool Fields::truth(const char* name) const {
    const Json* found = value(name);
    if (found == nullptr) return false;
    if (found->is_boolean()) return found->get<bool>();
    problem(what_ + ": " + name + " must be true or false");
    return false;
}

std::vector<std::string> Fields::texts_of(const char* name, const Json& list) const {
    std::vector<std::string> found;
    if (!list.is_array()) problem(what_ + ": " + name + " must be a list");
    for (const Json& item : list) {
        if (item.is_string()) {
            found.push_back(item.get<std::string>());
        } else if (list.is_array()) {
            problem(what_ + ": every one of " + name + " must be text: put it in quotes");
        }
    }
    return found;
}

std::vector<std::string> Fields::texts(const char* name) const {
    const Json* list = value(name);
    return list == nullptr ? std::vector<std::string>() : texts_of(name, *list);
}

std::vector<Fields> Fields::items(const char* name) const {
    const Json* list = value(name);
    std::vector<Fields> found;
    if (list == nullptr) return found;
    const bool is_list = list->is_array();
    if (!is_list) problem(what_ + ": " + name + " must be a list");
    for (const Json& item : *list) {
        if (!is_list) break;
        if (!item.is_object()) problem(what_ + ": every one of " + name + " must be a map");
        found.push_back(Fields(*this, name, item.is_object() ? &item : nullptr));
    }
    return found;
}

std::vector<std::pair<std::string, std::string>> Fields::pairs(const char* name) const {
    const Json* map = value(name);
    std::vector<std::pair<std::string, std::string>> found;
    if (map == nullptr) return found;
    if (!map->is_object()) {
        problem(what_ + ": " + name + " must be a map");
        return found;
    }
    for (const auto& [key, list] : map->items()) {
        for (std::string& text : texts_of(name, list)) found.emplace_back(key, std::move(text));
    }
    return found;
}

std::string Fields::beside_file(const std::string& path) const {
    if (path.empty()) return {};
    return (std::filesystem::path(file_).parent_path() / path).lexically_normal().string();
}

std::string Fields::path(const char* name) const {
    return beside_file(text(name));
}

std::string Fields::decoded(const char* name) const {
    std::string bytes;
    if (!base::decode_base64(text(name), bytes)) {
        problem(what_ + ": " + name + " is not valid base64");
    }
    return bytes;
}

std::string content_of(const std::string& path, const std::string& called, const std::string& owner,
                       Problems& problems) {
    if (path.empty()) return {};
    auto content = read_file(path);
    if (content && !content->empty()) return std::move(*content);
    // an empty CA would otherwise pass for none, which means the system's
    const std::string why = content ? path + " is empty" : content.error().message;
    problems.push_back("unable to read " + called + " " + path + " for " + owner + " due to " +
                       why);
    return {};
}

}  // namespace kube
