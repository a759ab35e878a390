#include "app/sweep/sweep.hpp"

#include <fmt/core.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "app/io/atomic_file.hpp"
#include "app/io/hdf5_file.hpp"
#include "app/io/limited_child.hpp"
#include "app/results/hdf5.hpp"
#include "app/results/json.hpp"
#include "app/results/table.hpp"
#include "app/results/text.hpp"
#include "app/setup.hpp"
#include "app/stages/pipeline.hpp"
#include "app/stages/plan.hpp"
#include "app/stages/wisdom.hpp"
#include "core/errors.hpp"

namespace vitral::sweep {
namespace {

using results::Json;

/// A sweep's value as `--set` takes it; case_schema.cpp has refused lists and tables.
std::string as_setting(const config::ConfigNode& value) {
    using Type = config::ConfigNode::Type;
    switch (value.type) {
        case Type::integer:
            return std::to_string(value.integer);
        case Type::number:
            return fmt::format("{}", value.number);
        case Type::boolean:
            return value.boolean ? "true" : "false";
        default:
            return Json(value.text).dump();
    }
}

struct Point {
    std::vector<std::string> settings;
    app::Setup setup;
    std::filesystem::path file;
};

/// All points, the last key fastest.
std::vector<Point> points_of(const SweepOptions& options, const config::Case& base) {
    std::size_t count = 1;
    for (const auto& [key, values] : base.sweep) {
        count *= values.size();
        if (count > 100000) throw Error(Failure::resource_limit, "the sweep has more than 100000 points");
    }
    records::Library library(base.folder);
    std::vector<Point> points;
    for (std::size_t k = 0; k < count; ++k) {
        Point point;
        std::size_t rest = k;
        for (auto axis = base.sweep.rbegin(); axis != base.sweep.rend(); ++axis) {
            point.settings.insert(point.settings.begin(),
                                  axis->first + "=" + as_setting(axis->second[rest % axis->second.size()]));
            rest /= axis->second.size();
        }
        std::vector<std::string> settings = options.settings;
        settings.insert(settings.end(), point.settings.begin(), point.settings.end());
        point.setup = app::read_point(base, settings, library);
        point.file = options.folder / fmt::format("point_{:04}.h5", k);
        points.push_back(std::move(point));
    }
    return points;
}

/// The summary in a point's file, all of which is read against its checksums first: in a child process, since a damaged file may
/// crash the library that reads it. Throws Error (input_file).
std::string sound_summary(const std::filesystem::path& file) {
    const io::Hdf5Lock lock;
    return io::in_limited_child(
        [&] {
            io::verify_hdf5(file);
            return io::read_hdf5_text(file, "/summary");
        },
        file);
}

/// Whether a finished file of the same inputs and program lies there.
bool is_done(const Point& point, const results::Provenance& provenance) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(point.file, ignored)) return false;
    try {
        const Json p = Json::parse(sound_summary(point.file)).at("provenance");
        return p.at("inputs_sha256") == provenance.inputs_sha256 && p.at("program_id") == provenance.program_id;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        return false;  // not ours, or damaged: it is computed again
    }
}

/// Computes a point, unless its file is there already: whether it was. `memory`: its share of the limit [B].
bool compute(const Point& point, const std::string& command_line, double memory, stages::ExchangeCache& cache) {
    stages::RunParams run = point.setup.run;
    stages::settle_section(run, stages::Until::coupling, nullptr, run.warnings);
    const std::string resolved = app::resolved_config(point.setup.config);
    if (is_done(point, results::make_provenance(resolved, stages::keys_of(run), command_line, 1))) return true;
    stages::check_memory(stages::plan_run(run, stages::Until::coupling), memory);
    const stages::RunResult result =
        stages::run_stages(run, {stages::Until::coupling, memory}, cache, stages::Progress::Output::silent, point.file);
    const results::Provenance provenance = results::make_provenance(resolved, result.stage_keys, command_line, 1);
    results::write_results(point.file, result, provenance,
                           {point.setup.config.config_text, resolved, results::results_text(result),
                            results::results_json(result, provenance)});
    return false;
}

/// One line a finished point and wavelength, read back from the points' files.
std::string table_of(const config::Case& base, const std::vector<Point>& points, const std::vector<char>& finished) {
    std::vector<std::string> head = {"point"};
    for (const auto& [key, values] : base.sweep) head.push_back(key);
    head.emplace_back("wavelength (m)");
    std::vector<results::TableLine> lines;
    for (std::size_t k = 0; k < points.size(); ++k) {
        if (!finished[k]) continue;
        const Json summary = [&] {
            const io::Hdf5Lock lock;
            return Json::parse(io::read_hdf5_text(points[k].file, "/summary"));
        }();
        for (const Json& w : summary.at("wavelengths")) {
            results::TableLine line{{std::to_string(k)}, w};
            for (const std::string& setting : points[k].settings) {
                const Json swept = Json::parse(setting.substr(setting.find('=') + 1));
                line.head.push_back(swept.is_string() ? swept.get<std::string>() : swept.dump());
            }
            line.head.push_back(w["wavelength"].dump());
            lines.push_back(std::move(line));
        }
    }
    return results::results_table(head, lines);
}

/// The points' workers and what they report.
class Workers {
public:
    Workers(const std::vector<Point>& points, const std::string& command_line, double memory_each)
        : points_(points), command_line_(command_line), memory_each_(memory_each), finished_(points.size(), 0) {
        report_.points = static_cast<int>(points.size());
    }

    void run(int count) {
        std::vector<std::thread> pool;
        for (int i = 1; i < count; ++i) pool.emplace_back([this] { work(); });
        work();
        for (std::thread& thread : pool) thread.join();
        std::sort(report_.failures.begin(), report_.failures.end());
    }
    [[nodiscard]] const SweepReport& report() const { return report_; }
    [[nodiscard]] const std::vector<char>& finished() const { return finished_; }

private:
    void work() {
        omp_set_num_threads(1);
        for (std::size_t k = next_++; k < points_.size() && !stages::stop_requested(); k = next_++) one(k);
    }

    void one(std::size_t k) {
        std::string problem;
        bool kept = false;
        try {
            kept = compute(points_[k], command_line_, memory_each_, cache_);
        } catch (const Error& error) {
            problem = error.where().empty() ? error.what() : error.where() + ": " + error.what();
        } catch (const config::InputError& error) {
            problem = error.diagnostics().format();
        } catch (const std::exception& error) {  // nothing may leave a thread
            problem = std::string("a defect of the program: ") + error.what();
        }
        finished_[k] = problem.empty();
        const std::lock_guard lock(mutex_);
        if (!problem.empty())
            report_.failures.push_back(fmt::format("point {}: {}", k, problem));
        else
            ++(kept ? report_.kept : report_.computed);
        fmt::print(stderr, "point {} of {} {}\n", k + 1, points_.size(),
                   problem.empty() ? (kept ? "kept" : "done") : "failed");
    }

    const std::vector<Point>& points_;
    const std::string& command_line_;
    double memory_each_;  ///< of the limit [B]
    stages::ExchangeCache cache_;
    std::atomic<std::size_t> next_{0};
    std::mutex mutex_;
    std::vector<char> finished_;
    SweepReport report_;
};

}  // namespace

SweepReport run_sweep(const SweepOptions& options) {
    const config::Case base = app::read_setup(options.config, options.settings).config;
    if (base.sweep.empty()) {
        config::Diagnostics d;
        d.error({std::make_shared<const config::SourceText>(config::SourceText{base.config_name, base.config_text}), 1,
                 1, 1},
                "the config has no [sweep]: give it keys with lists of values");
        throw config::InputError(config::InputError::Kind::config, std::move(d));
    }
    const std::vector<Point> points = points_of(options, base);
    const int workers = std::max(1, std::min(options.threads, static_cast<int>(points.size())));
    double largest = 0.0, seconds = 0.0;
    for (const Point& point : points) {
        const stages::Plan plan = stages::plan_run(point.setup.run, stages::Until::coupling);
        largest = std::max(largest, plan.memory);
        seconds += plan.seconds;
    }
    stages::expect_seconds(seconds);
    stages::Plan together;
    together.memory = largest * workers;
    stages::check_memory(together, options.memory_limit);
    std::error_code failure;
    std::filesystem::create_directories(options.folder, failure);
    if (failure) throw Error(Failure::output, failure.message(), options.folder.string());
    Workers pool(points, options.command_line, options.memory_limit / workers);
    pool.run(workers);
    if (stages::stop_requested())
        throw Error(Failure::stopped,
                    fmt::format("stopped by a signal; {} points are finished and kept",
                                pool.report().computed + pool.report().kept),
                    "sweep");
    io::write_whole(options.folder / "table.csv", table_of(base, points, pool.finished()));
    return pool.report();
}

}  // namespace vitral::sweep
