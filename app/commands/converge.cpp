#include <fmt/core.h>
#include <omp.h>

#include <cmath>
#include <functional>
#include <ostream>

#include "app/commands/options.hpp"
#include "app/config/quantity.hpp"
#include "app/setup.hpp"
#include "app/stages/error_bars.hpp"
#include "app/stages/pipeline.hpp"
#include "app/stages/plan.hpp"
#include "app/stages/resolution.hpp"
#include "core/errors.hpp"
#include "solver/coupling/overlap.hpp"

/// The table behind the error bars: every figure that a user reads, and how it moves as one thing after the other is refined.
namespace vitral::commands {
namespace {

using config::Json;
using stages::RunParams;
using stages::WavelengthResult;

/// What a user reads, of one wavelength.
struct Figure {
    std::string name, unit;
    std::function<std::optional<double>(const WavelengthResult&)> value, error;
};

std::optional<double> nothing(const WavelengthResult&) { return {}; }

const GuidedMode* fundamental(const WavelengthResult& w) {
    return w.modes && !w.modes->modes.empty() ? &w.modes->modes[0] : nullptr;
}

std::vector<Figure> mode_figures() {
    const auto of_mode = [](auto read) {
        return [read](const WavelengthResult& w) -> std::optional<double> {
            const GuidedMode* mode = fundamental(w);
            return mode ? std::optional<double>(read(*mode)) : std::nullopt;
        };
    };
    return {{"n_eff of mode 0", "1", of_mode([](const GuidedMode& m) { return m.n_eff.real(); }),
             [](const WavelengthResult& w) { return fundamental(w) ? fundamental(w)->error : std::nullopt; }},
            {"MFD of mode 0, 4-sigma, x", "um",
             of_mode([](const GuidedMode& m) { return 1e6 * m.figures.mfd_4sigma_x; }), nothing},
            {"MFD of mode 0, 4-sigma, y", "um",
             of_mode([](const GuidedMode& m) { return 1e6 * m.figures.mfd_4sigma_y; }), nothing}};
}

std::vector<Figure> figures_of(const RunParams& params) {
    std::vector<Figure> list = mode_figures();
    if (params.propagation)
        list.push_back(
            {"propagation loss", "dB",
             [](const WavelengthResult& w) -> std::optional<double> {
                 if (!w.propagation || !w.propagation->transmission) return {};
                 return coupling::loss_dB(*w.propagation->transmission);
             },
             [](const WavelengthResult& w) { return w.propagation ? w.propagation->loss_dB_error : std::nullopt; }});
    for (std::size_t k = 0; k < params.coupling.ports.size(); ++k)
        list.push_back({fmt::format("coupling loss at port {}", k), "dB",
                        [k](const WavelengthResult& w) {
                            return k < w.coupling.size() ? std::optional(w.coupling[k].loss_dB) : std::nullopt;
                        },
                        [k](const WavelengthResult& w) {
                            return k < w.coupling.size() ? w.coupling[k].loss_dB_error : std::nullopt;
                        }});
    if (params.coupling.ports.size() < 2) return list;
    list.push_back(
        {"insertion loss", "dB",
         [](const WavelengthResult& w) { return w.links.empty() ? std::nullopt : std::optional(w.links[0].loss_dB); },
         [](const WavelengthResult& w) { return w.links.empty() ? std::nullopt : w.links[0].loss_dB_error; }});
    list.push_back(
        {"insertion loss of the mode", "dB",
         [](const WavelengthResult& w) {
             return w.links.empty() ? std::nullopt : std::optional(w.links[0].mode_loss_dB);
         },
         [](const WavelengthResult& w) { return w.links.empty() ? std::nullopt : w.links[0].mode_loss_dB_error; }});
    return list;
}

/// What is refined: whether it can be in this run.
struct Refinement {
    std::string name;
    bool (*apply)(RunParams&, const WavelengthResult&);
};

bool finer_grid(RunParams& p, const WavelengthResult&) {
    stages::use_resolution(p, *p.modes.grid.resolution / std::sqrt(2.0));
    return true;
}

bool larger_window(RunParams& p, const WavelengthResult&) {
    constexpr double larger = 1.25;
    // The medium stays: a box that ends at its window goes on beyond it.
    Window& w = p.modes.grid.window;
    const double x = 0.5 * (w.left + w.right), half = 0.5 * larger * w.width();
    w = {x - half, x + half, larger * w.bottom, larger * w.top};
    if (p.propagation) p.propagation->grid.window = w;
    return true;
}

bool shorter_steps(RunParams& p, const WavelengthResult&) {
    if (!p.propagation) return false;
    constexpr double stricter = 16.0;  // half the step, at fourth order
    if (p.propagation->step)
        *p.propagation->step *= 0.5;
    else
        p.propagation->tolerance_dB /= stricter;
    return true;
}

/// The same method beyond the paraxial operator.
bool wide_angle(RunParams& p, const WavelengthResult& answer) {
    if (!p.propagation || !answer.propagation || answer.propagation->row == nullptr) return false;
    if (answer.propagation->row->op != propagation::Operator::paraxial) return false;
    propagation::EngineWishes wishes = p.propagation->engine;
    std::erase_if(wishes, [](const auto& wish) { return wish.first == "order" || wish.first == "splitting"; });
    const auto* row = propagation::choose_row(wishes, propagation::Angle::wide);
    if (row == nullptr) return false;
    wishes.emplace_back("order", propagation::word_of(row->op));
    p.propagation->engine = wishes;
    return true;
}

bool finer_exchange(RunParams& p, const WavelengthResult&) {
    if (!p.process) return false;
    constexpr double stricter = 3.0;
    p.process->tolerance /= stricter;
    return true;
}

bool all_of_them(RunParams& p, const WavelengthResult& answer) {
    shorter_steps(p, answer);
    wide_angle(p, answer);
    finer_exchange(p, answer);
    larger_window(p, answer);
    return finer_grid(p, answer);
}

const Refinement refinements[] = {{"finer grid", finer_grid},         {"larger window", larger_window},
                                  {"shorter steps", shorter_steps},   {"wide angle", wide_angle},
                                  {"finer exchange", finer_exchange}, {"all of them", all_of_them}};

/// A refined run at one wavelength; nothing where there is nothing to refine, or no memory for it.
std::optional<WavelengthResult> refined(const Refinement& refinement, RunParams params, const WavelengthResult& answer,
                                        double memory, stages::ExchangeCache& cache) {
    params = stages::as_answered(params, answer);
    if (!refinement.apply(params, answer)) return {};
    try {
        stages::check_memory(stages::plan_run(params, stages::Until::coupling), memory);
        return stages::run_stages(params, {stages::Until::coupling, memory}, cache,
                                  stages::Progress::Output::standard_error)
            .wavelengths[0];
    } catch (const Error& error) {
        if (error.kind() == Failure::stopped || error.kind() == Failure::output) throw;
        return {};
    }
}

Json number(std::optional<double> value) { return value && std::isfinite(*value) ? Json(*value) : Json(); }

/// The figures of one wavelength, each with its changes.
Json table_of(const WavelengthResult& answer, const std::vector<Figure>& figures,
              const std::vector<std::optional<WavelengthResult>>& others) {
    Json table = Json::array();
    for (const Figure& figure : figures) {
        const auto value = figure.value(answer);
        if (!value) continue;
        Json row = {
            {"figure", figure.name}, {"unit", figure.unit}, {"value", *value}, {"error", number(figure.error(answer))}};
        Json& changes = row["changes"];
        for (std::size_t k = 0; k < others.size(); ++k) {
            const auto other = others[k] ? figure.value(*others[k]) : std::nullopt;
            changes[refinements[k].name] = number(other ? std::optional(*other - *value) : std::nullopt);
        }
        table.push_back(std::move(row));
    }
    return table;
}

std::string text_of(const Json& table) {
    std::string out = fmt::format("{:<34}{:>14}{:>12}", "", "value", "error bar");
    for (const Refinement& r : refinements) out += fmt::format("{:>16}", r.name);
    out += "\n";
    for (const Json& row : table) {
        const std::string unit = row["unit"];
        out += fmt::format("{:<34}{:>14.8g}", row["figure"].get<std::string>() + (unit == "1" ? "" : " (" + unit + ")"),
                           row["value"].get<double>());
        const auto shown = [](const Json& value, const char* sign) {
            return value.is_null() ? std::string("-") : fmt::format(fmt::runtime(sign), value.get<double>());
        };
        out += fmt::format("{:>12}", shown(row["error"], "{:.2g}"));
        for (const Refinement& r : refinements) out += fmt::format("{:>16}", shown(row["changes"][r.name], "{:+.2g}"));
        out += "\n";
    }
    return out;
}

}  // namespace

int converge(const Options& o, std::ostream& out) {
    if (o.threads > 0) omp_set_num_threads(o.threads);
    app::Setup setup = app::read_setup(o.config, o.settings);
    const double memory = memory_limit(o);
    stages::settle_section(setup.run, stages::Until::coupling, nullptr, setup.run.warnings);
    stages::check_memory(stages::plan_run(setup.run, stages::Until::coupling), memory);
    stages::ExchangeCache cache;
    const stages::RunResult result = stages::run_stages(setup.run, {stages::Until::coupling, memory}, cache,
                                                        stages::Progress::Output::standard_error);
    const std::vector<Figure> figures = figures_of(setup.run);
    Json tables = Json::array();
    for (const WavelengthResult& answer : result.wavelengths) {
        std::vector<std::optional<WavelengthResult>> others;
        for (const Refinement& refinement : refinements)
            others.push_back(refined(refinement, result.params, answer, memory, cache));
        tables.push_back({{"wavelength", answer.wavelength}, {"figures", table_of(answer, figures, others)}});
    }
    if (o.json) {
        out << Json{{"wavelengths", tables}, {"warnings", result.warnings}}.dump(2) << "\n";
        return 0;
    }
    out << "How the figures change as the run is refined: points 1.4 times closer, a window 1.25 times as large,\n"
           "half the given step or a 16th of propagation.tolerance, the wide-angle operator, a third of the "
           "exchange's\n"
           "tolerance.\n";
    for (const Json& table : tables)
        out << fmt::format("\nwavelength {:.6g} nm\n", 1e9 * table["wavelength"].get<double>())
            << text_of(table["figures"]);
    for (const std::string& warning : result.warnings) out << "\nwarning: " << warning;
    if (!result.warnings.empty()) out << "\n";
    return 0;
}

}  // namespace vitral::commands
