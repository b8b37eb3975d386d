// When a CronJob is due, as its controller reads it (robfig/cron v3, ParseStandard; all times UTC),
// and what becomes of one that was suspended for a while and is resumed.
#pragma once

#include <bitset>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/object.hpp"

namespace mtc {

class Schedule {
  public:
    /// Nothing when it cannot be understood, or is of another time zone than UTC.
    static std::optional<Schedule> parse(std::string_view text);

    /// How often it was due after `since` and until `until`; no more than `most` are counted.
    std::size_t due(base::Time since, base::Time until, std::size_t most) const;

  private:
    bool is_day(std::chrono::sys_days day) const;

    std::bitset<60> minutes_;
    std::bitset<24> hours_;
    std::bitset<32> days_;
    std::bitset<13> months_;
    std::bitset<7> weekdays_;
    bool any_day_ = false;      // "*": then the weekday alone decides
    bool any_weekday_ = false;  // "*": then the day alone decides
    std::optional<std::chrono::seconds> every_ = {};
};

struct Resumption {
    enum class What {
        Waits,    // for the next time that it is due
        AtOnce,   // it starts once, for the last time that it missed
        Never,    // its controller gives up: too many were missed
        Unknown,  // the schedule cannot be understood
    };
    What what = What::Unknown;
    std::size_t missed = 0;  // 101: more than 100

    bool operator==(const Resumption&) const = default;
};

/// What its controller does with a CronJob that is not suspended any more, at that time. Before
/// Kubernetes 1.21, which serves CronJobs in batch/v1, one that missed more than 100 runs never
/// starts again.
Resumption when_resumed(const base::Object& cron_job, base::Time now);

}  // namespace mtc
