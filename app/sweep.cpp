#include "app/sweep.hpp"

#include <fmt/core.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "app/case_schema.hpp"
#include "app/io/atomic_file.hpp"
#include "app/io/hdf5_file.hpp"
#include "app/output_hdf5.hpp"
#include "app/output_json.hpp"
#include "app/pipeline.hpp"
#include "app/plan.hpp"
#include "app/wisdom.hpp"
#include "core/errors.hpp"

namespace vitral::app {
namespace {

/// A sweep's value as `--set` takes it; case_schema.cpp has refused lists and tables.
std::string as_setting(const io::ConfigNode& value) {
    using Type = io::ConfigNode::Type;
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
    Case c;
    std::filesystem::path file;
};

/// All points, the last key fastest.
std::vector<Point> points_of(const SweepOptions& options, const Case& base) {
    std::size_t count = 1;
    for (const auto& [key, values] : base.sweep) {
        count *= values.size();
        if (count > 100000) throw Error(Failure::resource_limit, "the sweep has more than 100000 points");
    }
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
        point.c = read_point(base, settings);
        point.file = options.folder / fmt::format("point_{:04}.h5", k);
        points.push_back(std::move(point));
    }
    return points;
}

/// Whether a finished file of the same resolved config, records and program lies there.
bool is_done(const Point& point, const Provenance& provenance) {
    if (!std::filesystem::exists(point.file)) return false;
    try {
        const io::Hdf5Lock lock;
        const Json summary = Json::parse(io::read_hdf5_text(point.file, "/summary"));
        const Json& p = summary.at("provenance");
        return p.at("inputs_sha256") == provenance.inputs_sha256 && p.at("program_id") == provenance.program_id;
    } catch (...) {
        return false;  // not ours, or damaged: it is computed again
    }
}

/// A text as a CSV cell: quoted where it has to be.
std::string cell(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

/// One line a finished point and wavelength, read back from the points' files.
std::string table_of(const Case& base, const std::vector<Point>& points, const std::vector<char>& finished) {
    std::string out = "point";
    for (const auto& [key, values] : base.sweep) out += "," + cell(key);
    out +=
        ",wavelength_m,modes,n_eff,n_group,mfd_gauss_x_m,mfd_gauss_y_m,peak_depth_m,transmission,input_efficiency,"
        "input_loss_dB,output_efficiency,output_loss_dB,link_loss_dB\n";
    for (std::size_t k = 0; k < points.size(); ++k) {
        if (!finished[k]) continue;
        const Json summary = [&] {
            const io::Hdf5Lock lock;
            return Json::parse(io::read_hdf5_text(points[k].file, "/summary"));
        }();
        for (const Json& w : summary.at("wavelengths")) {
            const auto value = [](const Json& table, const char* key) {
                return table.is_object() && table.contains(key) && table[key].is_number() ? table[key].dump()
                                                                                          : std::string();
            };
            const Json mode = w["modes"].is_array() && !w["modes"].empty() ? w["modes"][0] : Json();
            const auto end = [&](const char* at) {
                for (const Json& r : w["coupling"])
                    if (r["at"] == at) return r;
                return Json();
            };
            const Json in = end("input"), exit = end("output");
            out += std::to_string(k);
            for (const std::string& setting : points[k].settings) {
                const Json swept = Json::parse(setting.substr(setting.find('=') + 1));
                out += "," + cell(swept.is_string() ? swept.get<std::string>() : swept.dump());
            }
            out +=
                fmt::format(",{},{},{},{},{},{},{},{},{},{},{},{},{}\n", w["wavelength"].dump(),
                            w["modes"].is_array() ? w["modes"].size() : 0, value(mode, "n_eff"), value(mode, "n_group"),
                            value(mode, "mfd_gauss_x"), value(mode, "mfd_gauss_y"), value(w["process"], "peak_depth"),
                            value(w["propagation"], "transmission"), value(in, "efficiency"), value(in, "loss_dB"),
                            value(exit, "efficiency"), value(exit, "loss_dB"), value(w["link"], "loss_dB"));
        }
    }
    return out;
}

}  // namespace

SweepReport run_sweep(const SweepOptions& options) {
    const Case base = read_case(options.config, options.settings);
    if (base.sweep.empty()) {
        io::Diagnostics d;
        d.error({std::make_shared<const io::SourceText>(io::SourceText{base.config_name, base.config_text}), 1, 1, 1},
                "the config has no [sweep]: give it keys with lists of values");
        throw io::InputError(io::InputError::Kind::config, std::move(d));
    }
    const std::vector<Point> points = points_of(options, base);
    const int workers = std::max(1, std::min(options.threads, static_cast<int>(points.size())));
    double largest = 0.0;
    for (const Point& point : points) largest = std::max(largest, plan_case(point.c, Until::coupling).memory);
    Plan together;
    together.memory = largest * workers;
    check_memory(together, options.memory_limit);
    std::error_code failure;
    std::filesystem::create_directories(options.folder, failure);
    if (failure) throw Error(Failure::output, failure.message(), options.folder.string());

    SweepReport report;
    report.points = static_cast<int>(points.size());
    ExchangeCache cache;
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::vector<char> finished(points.size(), 0);
    const auto work = [&] {
        omp_set_num_threads(1);
        for (std::size_t k = next++; k < points.size() && !stop_requested(); k = next++) {
            const Point& point = points[k];
            std::string problem;
            bool kept = false;
            try {
                Provenance provenance = make_provenance(point.c, options.command_line, 1);
                kept = is_done(point, provenance);
                if (!kept) {
                    const RunResult result =
                        run_case(point.c, Until::coupling, cache, Progress::Output::silent, point.file);
                    provenance.wisdom_sha256 = wisdom_hash(kernels::Told::used);
                    write_results(point.file, point.c, result, provenance);
                }
            } catch (const Error& error) {
                problem = error.where().empty() ? error.what() : error.where() + ": " + error.what();
            } catch (const io::InputError& error) {
                problem = error.diagnostics().format();
            } catch (const std::exception& error) {  // nothing may leave a thread
                problem = std::string("a defect of the program: ") + error.what();
            }
            finished[k] = problem.empty();
            const std::lock_guard lock(mutex);
            if (!problem.empty()) {
                report.failures.push_back(fmt::format("point {}: {}", k, problem));
            } else {
                ++(kept ? report.kept : report.computed);
            }
            fmt::print(stderr, "point {} of {} {}\n", k + 1, points.size(),
                       problem.empty() ? (kept ? "kept" : "done") : "failed");
        }
    };
    std::vector<std::thread> pool;
    for (int i = 1; i < workers; ++i) pool.emplace_back(work);
    work();
    for (std::thread& thread : pool) thread.join();
    if (stop_requested())
        throw Error(Failure::stopped,
                    fmt::format("stopped by a signal; {} points are finished and kept", report.computed + report.kept),
                    "sweep");
    std::sort(report.failures.begin(), report.failures.end());
    io::write_text_atomically(options.folder / "table.csv", table_of(base, points, finished));
    return report;
}

}  // namespace vitral::app
