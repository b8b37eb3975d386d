#include <algorithm>

#include "plugin/view_live.hpp"

namespace plugin {
namespace {

using rollback::Finding;
using rollback::Severity;
using rollback::Side;

// Unknown counts as stopped: what was not seen to serve does not serve.
bool serves(const std::vector<Finding>& unwell) {
    return std::ranges::none_of(unwell, [](const Finding& finding) {
        return finding.side == Side::Source && finding.severity != Severity::Ok &&
               finding.severity != Severity::Warning;
    });
}

bool same(const std::vector<Finding>& a, const std::vector<Finding>& b) {
    return std::ranges::equal(a, b, [](const Finding& x, const Finding& y) {
        return x.check == y.check && x.subject == y.subject && x.message == y.message;
    });
}

struct Apply {
    LiveModel& model;
    base::Time now;

    void operator()(const run::RollbackStarted& event) const {
        model.rollback = event.migration.name;
    }

    void operator()(const run::MigrationChanged& event) const {
        model.migration = event.migration;
        model.rollback = event.migration.name;
        model.stall.reset();
        model.trouble.reset();
    }

    void operator()(const run::Stalled& event) const {
        model.stall = event;
        model.stalled_at = now;
    }

    void operator()(const run::AwaitingApplication& event) const {
        if (!model.unwell || !same(*model.unwell, event.unwell)) model.stall.reset();
        model.trouble.reset();
        model.unwell = event.unwell;
        if (!serves(event.unwell))
            model.serves_since.reset();
        else if (!model.serves_since)
            model.serves_since = now;
    }

    void operator()(const run::Wrote& event) const {
        model.trouble.reset();
        model.stall.reset();
        model.pods.reset();
        model.wrote = event;
        if (!event.written.error.empty() || !event.written.left.empty())
            model.unwritten.push_back(event.written);
    }

    void operator()(const run::AwaitingPods& event) const {
        if (!model.pods || model.pods->left != event.left) model.stall.reset();
        model.trouble.reset();
        model.pods = event;
    }

    void operator()(const run::Trouble& event) const { model.trouble = event.error; }
    // of the leftovers, which have no table
    void operator()(const run::AwaitingGone&) const {}
    void operator()(const run::Tick&) const {}
};

}  // namespace

void LiveModel::apply(const run::Event& event, base::Time now) {
    if (!began) began = now;
    std::visit(Apply{*this, now}, event);
}

}  // namespace plugin
