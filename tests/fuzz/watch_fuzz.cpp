// A watch's stream gives the same events however its bytes are split into portions: that is what
// the network does to it. The input's first bytes say how.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "kube/list_decoder.hpp"

namespace {

const kube::ResourceType pods{
    .group = "", .version = "v1", .plural = "pods", .kind = "Pod", .namespaced = true};

/// All that a caller learns from a stream, in words.
class Told {
  public:
    bool feed(std::string_view bytes) {
        return lines_.feed(bytes, [this](std::string line) { return take(std::move(line)); });
    }
    const std::vector<std::string>& events() const { return events_; }

  private:
    bool take(std::string line) {
        const auto event = kube::decode_watch_line(pods, std::move(line));
        if (!event) {
            events_.push_back(event.error().message);
            return false;  // as the reader of a watch does
        }
        events_.push_back(
            std::to_string(static_cast<int>(event->type)) + event->object.ref.path() +
            event->object.resource_version +
            event->object.body.dump(-1, ' ', false, base::Json::error_handler_t::replace));
        return true;
    }

    kube::LineSplitter lines_{std::size_t{1} << 16U};
    std::vector<std::string> events_;
};

std::vector<std::string> in_portions(std::string_view stream, std::uint32_t seed) {
    std::minstd_rand random(seed);
    Told told;
    while (!stream.empty()) {
        const auto portion = stream.substr(0, 1 + random() % 40);
        stream.remove_prefix(portion.size());
        if (!told.feed(portion)) break;
    }
    return told.events();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::uint32_t seed = 1U + data[0] + (static_cast<std::uint32_t>(data[1]) << 8U);
    const std::string stream(data + 2, data + size);
    Told whole;
    whole.feed(stream);
    if (whole.events() != in_portions(stream, seed)) std::abort();
    return 0;
}
