// Plays the fixture's story at a chosen speed, to look at the live view on a real terminal:
// view-demo [milliseconds for a second] [stop after so many seconds]
#include <cstdlib>
#include <memory>
#include <thread>

#include "fixture.hpp"

int main(int argc, char** argv) {
    const std::chrono::milliseconds second(argc > 1 ? std::atoi(argv[1]) : 100);
    const int until = argc > 2 ? std::atoi(argv[2]) : 122;
    const auto view = plugin::make_view({.style = plugin::style_of(2, plugin::ColorMode::Auto),
                                         .stopped_since = fixture::noon(-1334)});
    const auto story = fixture::story();
    std::size_t next = 0;
    for (int now = 0; now <= until; ++now) {
        view->show(run::Tick{}, fixture::noon(now));
        for (; next < story.size() && story[next].seconds <= now; ++next)
            view->show(story[next].event, fixture::noon(now));
        std::this_thread::sleep_for(second);
    }
    view->finish();
    return 0;
}
