#include "kube/list_decoder.hpp"

#include <simdjson.h>

#include "kube/status.hpp"

namespace kube {
namespace {

namespace ondemand = simdjson::ondemand;
using base::Error;
using base::ErrorKind;

constexpr std::string_view last_applied = "kubectl.kubernetes.io/last-applied-configuration";

/// Where in an object the decoder stands: what is always dropped stands in fixed places.
enum class Level { Object, Metadata, Annotations, Elsewhere };

struct Position {
    Level level = Level::Elsewhere;
    const FieldNames* without = nullptr;
};

bool is_dropped(const Position& place, const std::string& key) {
    return (place.level == Level::Metadata && key == "managedFields") ||
           (place.level == Level::Annotations && key == last_applied) ||
           (place.level == Level::Elsewhere && place.without != nullptr &&
            place.without->contains(key));
}

// What a person names (labels, annotations) is not a field: none of it is dropped by its name.
Position below(const Position& place, std::string_view key) {
    if (place.level == Level::Object && key == "metadata") return {Level::Metadata};
    if (place.level == Level::Metadata && key == "annotations") return {Level::Annotations};
    const bool of_metadata = place.level == Level::Metadata || place.level == Level::Annotations;
    return {Level::Elsewhere, of_metadata ? nullptr : place.without};
}

// Far beyond what a manifest needs. simdjson checks its own limit (1024) only in debug builds.
constexpr int deepest_decoded = 500;

Json json_of(ondemand::value value, const Position& place, int depth);

Json object_from(ondemand::object fields, const Position& place, int depth = 0) {
    Json out = Json::object();
    for (auto field : fields) {
        const std::string key(std::string_view(field.unescaped_key()));
        if (is_dropped(place, key)) continue;
        out[key] = json_of(field.value(), below(place, key), depth + 1);
    }
    return out;
}

Json array_from(ondemand::array values, const Position& place, int depth) {
    Json out = Json::array();
    const Position element{Level::Elsewhere, place.without};
    for (auto value : values) out.push_back(json_of(value.value(), element, depth + 1));
    return out;
}

Json number_from(ondemand::value& value) {
    const ondemand::number number = value.get_number();
    if (number.is_int64()) return number.get_int64();
    if (number.is_uint64()) return number.get_uint64();
    return number.get_double();
}

Json json_of(ondemand::value value, const Position& place, int depth) {
    if (depth > deepest_decoded) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
    const ondemand::json_type type = value.type();
    switch (type) {
        case ondemand::json_type::object:
            return object_from(value.get_object(), place, depth);
        case ondemand::json_type::array:
            return array_from(value.get_array(), place, depth);
        case ondemand::json_type::string:
            return std::string(std::string_view(value.get_string()));
        case ondemand::json_type::number:
            return number_from(value);
        case ondemand::json_type::boolean:
            return bool(value.get_bool());
        case ondemand::json_type::null:
            if (value.is_null()) return nullptr;
            break;
        default:
            break;
    }
    throw simdjson::simdjson_error(simdjson::TAPE_ERROR);
}

void read_list_metadata(const Json& metadata, ListPage& page) {
    page.resource_version = base::text_or_empty(metadata, "/resourceVersion");
    page.continue_token = base::text_or_empty(metadata, "/continue");
}

Object object_as(const ResourceType& type, Json body) {
    // the items of a list do not say what they are, and PartialObjectMetadata says it is that
    body["kind"] = type.kind;
    body["apiVersion"] = type.api_version();
    return base::object_of(type, std::move(body));
}

void read_items(const ResourceType& type, ondemand::value value, const FieldNames& without,
                ListPage& page) {
    if (value.type() == ondemand::json_type::null) return;  // how Go writes no items at all
    for (auto item : value.get_array()) {
        page.items.push_back(
            object_as(type, object_from(item.get_object(), {Level::Object, &without})));
    }
}

ListPage read_list(const ResourceType& type, ondemand::document& document,
                   const FieldNames& without) {
    ListPage page;
    bool has_items = false;
    for (auto field : document.get_object()) {
        const std::string_view key = field.unescaped_key();
        if (key == "metadata") {
            read_list_metadata(json_of(field.value(), {}, 0), page);
        } else if (key == "items") {
            has_items = true;
            read_items(type, field.value(), without, page);
        }
    }
    if (!has_items) throw simdjson::simdjson_error(simdjson::NO_SUCH_FIELD);
    return page;
}

Error not_understood(const ResourceType& type, const char* what, const char* reason) {
    return {.kind = ErrorKind::Malformed,
            .message = "error: the server's " + std::string(what) + " of " + type.resource() +
                       " cannot be understood: " + reason};
}

/// Runs `read` on the parsed text; simdjson's errors become ours here and nowhere else.
template <class Read>
auto decoded(const ResourceType& type, const char* what, std::string& text, const Read& read)
    -> Result<decltype(read(std::declval<ondemand::document&>()))> {
    thread_local ondemand::parser parser;
    try {
        text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
        ondemand::document document =
            parser.iterate(simdjson::padded_string_view(text.data(), text.size(), text.capacity()));
        auto value = read(document);
        // On-Demand reports errors where it reads: only at the end is the whole text known to be
        // good
        const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
        if (!at_end) throw simdjson::simdjson_error(simdjson::TRAILING_CONTENT);
        return value;
    } catch (const simdjson::simdjson_error& error) {
        return std::unexpected(not_understood(type, what, error.what()));
    } catch (const Json::exception&) {
        return std::unexpected(not_understood(type, what, "it is not as the API describes it"));
    }
}

struct RawEvent {
    std::string type;
    Json object;
};

RawEvent read_event(ondemand::document& document, const FieldNames& without) {
    RawEvent event;
    for (auto field : document.get_object()) {
        const std::string_view key = field.unescaped_key();
        if (key == "type") {
            event.type = std::string_view(field.value().get_string());
        } else if (key == "object") {
            event.object = object_from(field.value().get_object(), {Level::Object, &without});
        }
    }
    return event;
}

bool read_event_type(const std::string& text, WatchEventType& type) {
    if (text == "ADDED") {
        type = WatchEventType::Added;
    } else if (text == "MODIFIED") {
        type = WatchEventType::Modified;
    } else if (text == "DELETED") {
        type = WatchEventType::Deleted;
    } else if (text == "BOOKMARK") {
        type = WatchEventType::Bookmark;
    } else {
        return false;
    }
    return true;
}

}  // namespace

Result<ListPage> decode_list(const ResourceType& type, std::string body,
                             const FieldNames& without) {
    return decoded(type, "list", body, [&](ondemand::document& document) {
        return read_list(type, document, without);
    });
}

Result<Object> decode_object(const ResourceType& type, std::string body) {
    auto json = decoded(type, "object", body, [](ondemand::document& document) {
        return object_from(document.get_object(), {Level::Object});
    });
    if (!json) return std::unexpected(std::move(json.error()));
    return base::object_of(type, std::move(*json));
}

Result<WatchEvent> decode_watch_line(const ResourceType& type, std::string line,
                                     const FieldNames& without) {
    auto raw = decoded(type, "watch event", line,
                       [&](ondemand::document& document) { return read_event(document, without); });
    if (!raw) return std::unexpected(std::move(raw.error()));
    if (raw->type == "ERROR") return std::unexpected(error_of_status(raw->object));
    WatchEvent event;
    if (!read_event_type(raw->type, event.type) || !raw->object.is_object()) {
        return std::unexpected(not_understood(type, "watch event", "its type is unknown"));
    }
    event.object = object_as(type, std::move(raw->object));
    return event;
}

bool LineSplitter::feed(std::string_view bytes, const std::function<bool(std::string)>& line) {
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        rest_.append(bytes.substr(0, end));
        if (rest_.size() > longest_) return false;
        if (end == std::string_view::npos) return true;
        bytes.remove_prefix(end + 1);
        if (!rest_.empty() && !line(std::exchange(rest_, {}))) return false;
    }
    return true;
}

}  // namespace kube
