#include "plugin/render.hpp"
#include "plugin/render_json.hpp"
#include "plugin/view_plain.hpp"

namespace plugin {
namespace {

using base::Json;

// What each event says besides its time and name; null for what is not worth a line.
struct Body {
    Json operator()(const run::RollbackStarted& e) const {
        return {{"event", "started"},
                {"migration", {{"namespace", e.migration.ns}, {"name", e.migration.name}}},
                {"attached", e.attached}};
    }
    Json operator()(const run::MigrationChanged& e) const {
        return {{"event", "migration"}, {"migration", to_json(e.migration)}};
    }
    Json operator()(const run::Stalled& e) const {
        return {{"event", "stalled"}, {"quietSeconds", e.quiet.count()}, {"why", records(e.why)}};
    }
    Json operator()(const run::AwaitingApplication& e) const {
        Json findings = Json::array();
        for (const rollback::Finding& finding : e.unwell) findings.push_back(to_json(finding));
        return {{"event", "awaiting"}, {"findings", std::move(findings)}};
    }
    Json operator()(const run::Wrote& e) const {
        Json body = record_of(e.written);
        body.update({{"event", "wrote"}, {"done", e.done}, {"total", e.total}});
        return body;
    }
    Json operator()(const run::AwaitingPods& e) const {
        return {{"event", "pods"}, {"cluster", word(e.side)}, {"left", e.left}};
    }
    Json operator()(const run::AwaitingGone& e) const {
        return {{"event", "gone"}, {"left", e.left}};
    }
    Json operator()(const run::Trouble& e) const {
        return {{"event", "trouble"}, {"message", e.error.message}, {"hint", e.error.hint}};
    }
    Json operator()(const run::Tick&) const { return nullptr; }
};

class JsonView final : public View {
  public:
    explicit JsonView(LineSink out) : out_(std::move(out)) {}

    void show(const run::Event& event, base::Time now) override {
        Json body = std::visit(Body{}, event);
        if (body.is_null()) return;
        body["time"] = base::rfc3339(now);
        out_(json_line(body));
    }

    void finish() override {}

  private:
    LineSink out_;
};

}  // namespace

std::unique_ptr<View> make_json_view(LineSink out) {
    return std::make_unique<JsonView>(std::move(out));
}

}  // namespace plugin
