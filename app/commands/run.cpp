#include <fmt/core.h>
#include <omp.h>
#include <unistd.h>

#include <ostream>

#include "app/commands/options.hpp"
#include "app/config/quantity.hpp"
#include "app/io/hdf5_file.hpp"
#include "app/io/limited_child.hpp"
#include "app/results/hdf5.hpp"
#include "app/results/text.hpp"
#include "app/setup.hpp"
#include "app/stages/pipeline.hpp"
#include "app/stages/plan.hpp"
#include "app/stages/wisdom.hpp"
#include "app/sweep/sweep.hpp"
#include "core/errors.hpp"

namespace vitral::commands {
namespace {

using config::Json;
namespace fs = std::filesystem;

stages::Until until_of(const std::string& word) {
    using enum stages::Until;
    static const std::map<std::string, stages::Until> words = {
        {"process", process}, {"index", index}, {"modes", modes}, {"propagation", propagation}, {"coupling", coupling}};
    return words.at(word);
}

int set_threads(const Options& o) {
    if (o.threads > 0) omp_set_num_threads(o.threads);
    return omp_get_max_threads();
}

/// A place that cannot be written is found now, not after the computation; and nothing is replaced that is not this config's
/// own result, unless the user has named it.
void check_output(const Options& o, const fs::path& file) {
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (!fs::is_directory(folder)) throw Error(Failure::output, "no such folder", folder.string());
    if (::access(folder.c_str(), W_OK) != 0)
        throw Error(Failure::output, "the folder is not writable", folder.string());
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return;
    if (!fs::is_regular_file(file, ignored))
        throw Error(Failure::output, "is not a file that could be replaced", file.string());
    if (fs::equivalent(file, o.config, ignored)) throw Error(Failure::output, "is the config itself", file.string());
    if (!o.output.empty()) return;
    std::string owner;
    try {
        const io::Hdf5Lock lock;  // the file may be anyone's, and damaged
        owner = io::in_limited_child([&] { return io::read_hdf5_text(file, results::config_file_dataset); }, file);
    } catch (const Error&) {  // no result of ours
    }
    if (owner != fs::absolute(o.config).lexically_normal().string())
        throw Error(Failure::output,
                    owner.empty()
                        ? "is there already and is no result of this config; -o names it, or another, all the same"
                        : fmt::format("is the result of {}; -o names it, or another, all the same", owner),
                    file.string());
}

}  // namespace

double memory_limit(const Options& o) {
    if (o.max_memory.empty()) return stages::default_memory_limit();
    return std::get<double>(config::parse_quantity(o.max_memory, config::Dimension::memory));
}

fs::path default_output(const fs::path& config, const std::string& ending) {
    const fs::path absolute = fs::absolute(config).lexically_normal();
    const std::string stem = absolute.stem().string(), folder = absolute.parent_path().filename().string();
    return (stem == "case" && !folder.empty() ? folder : stem) + ending;
}

int run(const Options& o, std::ostream& out) {
    const int threads = set_threads(o);
    app::Setup setup = app::read_setup(o.config, o.settings);
    const stages::Until until = until_of(o.until);
    const double memory = memory_limit(o);
    stages::settle_section(setup.run, until, nullptr, setup.run.warnings);
    const stages::Plan plan = stages::plan_run(setup.run, until);
    stages::check_memory(plan, memory);
    stages::expect_seconds(plan.seconds);
    const fs::path file = o.output.empty() ? default_output(o.config, ".h5") : fs::path(o.output);
    check_output(o, file);
    stages::ExchangeCache cache;
    const stages::RunResult result =
        stages::run_stages(setup.run, {until, memory}, cache, stages::Progress::Output::standard_error, file);
    const std::string resolved = app::resolved_config(setup.config);
    const results::Provenance provenance =
        results::make_provenance(resolved, result.stage_keys, o.command_line, threads);
    const std::string text = results::results_text(result);
    const Json summary = results::results_json(result, provenance);
    results::write_results(
        file, result, provenance,
        {setup.config.config_text, resolved, text, summary, fs::absolute(o.config).lexically_normal().string()});
    if (o.json)
        out << config::dump_text(summary, 2) << "\n";
    else
        out << text << "\nresults in " << file.string() << "\n";
    return 0;
}

int check(const Options& o, std::ostream& out) {
    app::Setup setup = app::read_setup(o.config, o.settings);
    stages::settle_section(setup.run, stages::Until::coupling, nullptr, setup.run.warnings);
    const stages::Plan plan = stages::plan_run(setup.run, stages::Until::coupling);
    stages::check_memory(plan, memory_limit(o));
    const std::string resolved = app::resolved_config(setup.config);
    const Window& window = setup.run.modes.grid.window;
    if (!o.json) {
        out << resolved << "\n\n" << stages::plan_text(setup.run, plan);
        return 0;
    }
    out << Json{{"config", Json::parse(resolved)},
                {"plan",
                 {{"exchange_cells", plan.exchange_cells},
                  {"grid", {plan.grid_x, plan.grid_y}},
                  {"window", {window.left, window.right, window.bottom, window.top}},
                  {"propagation_steps", plan.propagation_steps},
                  {"memory", plan.memory},
                  {"seconds", plan.further.empty() ? Json(plan.seconds) : Json()},
                  {"time_not_known", plan.further.empty() ? Json() : Json(plan.further)}}},
                {"stages_sha256", stages::keys_of(setup.run)}}
               .dump(2)
        << "\n";
    return 0;
}

int sweep(const Options& o, std::ostream& out) {
    const int threads = set_threads(o);
    const fs::path folder = o.output.empty() ? default_output(o.config, "-sweep") : fs::path(o.output);
    const sweep::SweepReport report =
        sweep::run_sweep({o.config, o.settings, folder, threads, memory_limit(o), o.command_line});
    if (o.json) {
        out << Json{{"points", report.points},
                    {"computed", report.computed},
                    {"kept", report.kept},
                    {"failures", report.failures},
                    {"table", (folder / "table.csv").string()}}
                   .dump(2)
            << "\n";
    } else {
        out << fmt::format("{} points: {} computed, {} kept, {} failed\ntable in {}\n", report.points, report.computed,
                           report.kept, report.failures.size(), (folder / "table.csv").string());
        for (const std::string& failure : report.failures) out << failure << "\n";
    }
    return report.failures.empty() ? 0 : sweep_with_failures;
}

}  // namespace vitral::commands
