// Pages of lists and lines of watches, decoded without a tree of the whole: metadata.managedFields
// and last-applied annotations are dropped while reading. The one file that names simdjson.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "kube/cluster.hpp"

namespace kube {

struct ListPage {
    std::vector<Object> items;
    std::string resource_version;
    std::string continue_token;  // empty on the last page
};

/// A List or PartialObjectMetadataList of `type`, its items without the fields of these names.
/// ErrorKind::Malformed when it is not one.
Result<ListPage> decode_list(const ResourceType& type, std::string body,
                             const FieldNames& without = {});

/// A single object of `type`, as a get or a write answers it. What the answer says of its kind is
/// kept.
Result<Object> decode_object(const ResourceType& type, std::string body);

/// One line of a watch, its object without the fields of these names. An ERROR event is returned as
/// the error of its Status (Expired for 410).
Result<WatchEvent> decode_watch_line(const ResourceType& type, std::string line,
                                     const FieldNames& without = {});

/// Cuts a stream into lines, however its bytes are split into portions.
class LineSplitter {
  public:
    explicit LineSplitter(std::size_t longest = 64UL << 20U) : longest_(longest) {}
    /// Gives each complete, non-empty line to `line`; false when it says false, or a line is too
    /// long.
    bool feed(std::string_view bytes, const std::function<bool(std::string)>& line);

  private:
    std::size_t longest_;
    std::string rest_;
};

}  // namespace kube
