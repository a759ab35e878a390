#include "app/cli.hpp"

#include <fmt/core.h>
#include <omp.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/calculators.hpp"
#include "app/case_schema.hpp"
#include "app/io/quantity.hpp"
#include "app/materials.hpp"
#include "app/output_hdf5.hpp"
#include "app/output_json.hpp"
#include "app/pipeline.hpp"
#include "app/plan.hpp"
#include "app/sweep.hpp"
#include "core/errors.hpp"

namespace vitral::app {
namespace {

constexpr int wrong_command_line = 2, sweep_with_failures = 8, defect = 70;

struct Options {
    std::string config, output, until = "coupling", max_memory, record, format = "json";
    std::vector<std::string> settings;
    bool json = false;
    int threads = 0;
    std::string command_line;
};

Until until_of(const std::string& word) {
    static const std::map<std::string, Until> words = {{"process", Until::process},
                                                       {"index", Until::index},
                                                       {"modes", Until::modes},
                                                       {"propagation", Until::propagation},
                                                       {"coupling", Until::coupling}};
    return words.at(word);
}

double memory_limit(const Options& o) {
    if (o.max_memory.empty()) return default_memory_limit();
    return std::get<double>(io::parse_quantity(o.max_memory, io::Dimension::memory));
}

int set_threads(const Options& o) {
    if (o.threads > 0) omp_set_num_threads(o.threads);
    return omp_get_max_threads();
}

int run(const Options& o, std::ostream& out) {
    const int threads = set_threads(o);
    const Case c = read_case(o.config, o.settings);
    const Until until = until_of(o.until);
    check_memory(plan_case(c, until), memory_limit(o));
    const std::filesystem::path file =
        o.output.empty() ? std::filesystem::path(o.config).stem().string() + ".h5" : o.output;
    // A place that cannot be written is found now, not after the computation.
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    if (!std::filesystem::is_directory(folder)) throw Error(Failure::output, "no such folder", folder.string());
    if (::access(folder.c_str(), W_OK) != 0)
        throw Error(Failure::output, "the folder is not writable", folder.string());

    std::error_code ignored;
    if (std::filesystem::exists(file, ignored) && !std::filesystem::is_regular_file(file, ignored))
        throw Error(Failure::output, "is not a file that could be replaced", file.string());
    if (std::filesystem::equivalent(file, o.config, ignored))
        throw Error(Failure::output, "is the config itself", file.string());

    ExchangeCache cache;
    const RunResult result = run_case(c, until, cache, Progress::Output::standard_error, file);
    const Provenance provenance = make_provenance(c, o.command_line, threads);
    write_results(file, c, result, provenance);
    if (o.json) {
        out << dump_text(results_json(result, provenance), 2) << "\n";
    } else {
        out << results_text(result) << "\nresults in " << file.string() << "\n";
    }
    return 0;
}

int check(const Options& o, std::ostream& out) {
    const Case c = read_case(o.config, o.settings);
    const Plan plan = plan_case(c, Until::coupling);
    check_memory(plan, memory_limit(o));
    if (o.json) {
        out << Json{{"config", Json::parse(resolved_config(c))},
                    {"plan",
                     {{"exchange_cells", plan.exchange_cells},
                      {"grid", {plan.grid_x, plan.grid_y}},
                      {"propagation_steps", plan.propagation_steps},
                      {"memory", plan.memory},
                      {"seconds", plan.seconds}}}}
                   .dump(2)
            << "\n";
    } else {
        out << resolved_config(c) << "\n\n" << plan_text(c, plan);
    }
    return 0;
}

int sweep(const Options& o, std::ostream& out) {
    const int threads = set_threads(o);
    const std::filesystem::path folder =
        o.output.empty() ? std::filesystem::path(o.config).stem().string() + "-sweep" : o.output;
    const SweepReport report = run_sweep({o.config, o.settings, folder, threads, memory_limit(o), o.command_line});
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

int materials(const Options& o, std::ostream& out) {
    static const std::vector<std::pair<std::string, RecordKind>> kinds = {
        {"glasses", RecordKind::glasses}, {"fibers", RecordKind::fibers}, {"chips", RecordKind::chips}};
    Json list = Json::object();
    for (const auto& [name, kind] : kinds) list[name] = record_names(kind);
    if (o.record.empty() || list.contains(o.record)) {
        if (o.json) {
            out << (o.record.empty() ? list : Json{{o.record, list[o.record]}}).dump(2) << "\n";
            return 0;
        }
        for (const auto& [name, kind] : kinds) {
            if (!o.record.empty() && o.record != name) continue;
            out << name << "\n";
            for (const std::string& record : record_names(kind)) out << "  " << record << "\n";
        }
        return 0;
    }
    std::vector<std::string> all;
    for (const auto& [name, kind] : kinds)
        for (const std::string& record : record_names(kind)) {
            all.push_back(record);
            if (record != o.record) continue;
            const std::string text = record_text(kind, record, "");
            if (o.json) {
                out << Json{{"name", record}, {"kind", name}, {"record", text}}.dump(2) << "\n";
            } else {
                out << text;
            }
            return 0;
        }
    const std::string near = io::nearest_word(o.record, all);
    throw Error(Failure::input_file, fmt::format("\"{}\" is no known record{}", o.record,
                                                 near.empty() ? "; `vitral materials` lists them"
                                                              : fmt::format(", did you mean \"{}\"?", near)));
}

/// The rows of one table of the schema as Markdown, and those of the tables inside it after it.
void write_keys(const Json& table, const std::string& name, std::ostream& out) {
    out << "\n## " << (name.empty() ? "top level" : name) << "\n\n| key | takes | default | |\n|---|---|---|---|\n";
    std::vector<std::pair<std::string, const Json*>> inner;
    const Json required = table.value("required", Json::array());
    for (const auto& [key, row] : table["properties"].items()) {
        std::string takes;
        if (row.contains("enum")) {
            for (const Json& word : row["enum"])
                takes += fmt::format("{}\"{}\"", takes.empty() ? "" : ", ", word.get<std::string>());
        } else if (row.contains("oneOf")) {
            takes = "see the text";
        } else if (row.contains("$comment")) {
            takes = row["$comment"].get<std::string>();
        } else {
            const std::string type = row["type"].get<std::string>();
            takes = type == "string"    ? "a text"
                    : type == "number"  ? "a number"
                    : type == "integer" ? "an integer"
                    : type == "boolean" ? "true or false"
                    : type == "array"   ? "a list"
                                        : "a table";
        }
        const bool is_required = std::find(required.begin(), required.end(), Json(key)) != required.end();
        out << "| " << key << (is_required ? " (required)" : "") << " | " << takes << " | "
            << (row.contains("default")
                    ? row["default"].is_string() ? row["default"].get<std::string>() : row["default"].dump()
                    : std::string())
            << " | " << row["description"].get<std::string>() << " |\n";
        const std::string path = name.empty() ? key : name + "." + key;
        if (row.contains("properties")) inner.emplace_back(path, &row);
        if (row.contains("items") && row["items"].contains("properties"))
            inner.emplace_back(path + "[]", &row["items"]);
    }
    for (const auto& [path, row] : inner) write_keys(*row, path, out);
}

int schema(const Options& o, std::ostream& out) {
    if (o.format == "markdown") {
        out << "# Keys of the config\n\nMade by `vitral schema --format markdown` from the rows that the program reads "
               "with. Quantities are texts with a unit.\n";
        write_keys(case_schema().json_schema(), "", out);
        return 0;
    }
    Json document = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Vitral config"}};
    document.update(case_schema().json_schema());
    out << document.dump(2) << "\n";
    return 0;
}

/// What was printed must have arrived: a full disk behind standard output is a failure like any other.
int flushed(int code, std::ostream& out) {
    out.flush();
    if (!out) throw Error(Failure::output, "standard output cannot be written");
    return code;
}

/// The one JSON object of a failure, or the message on `err`.
int report(const Options& o, int code, const std::string& message, const std::string& where, std::ostream& out,
           std::ostream& err) {
    if (o.json) {
        out << dump_text(Json{{"error", {{"code", code}, {"message", message}, {"where", where}}}}, 2) << "\n";
    } else {
        err << (where.empty() ? std::string("vitral") : where) << ": " << message << "\n";
    }
    return code;
}

int report(const Options& o, const io::InputError& error, std::ostream& out, std::ostream& err) {
    const auto list = error.diagnostics().sorted();
    const int code = static_cast<int>(error.kind());
    if (o.json) {
        Json all = Json::array();
        for (const auto& d : list)
            all.push_back({{"file", d.span.source->name},
                           {"line", d.span.line},
                           {"column", d.span.column},
                           {"message", d.message},
                           {"hint", d.hint}});
        const auto& first = list.front().span;
        out << dump_text(Json{{"error",
                               {{"code", code},
                                {"message", error.diagnostics().format()},
                                {"where", fmt::format("{}:{}:{}", first.source->name, first.line, first.column)},
                                {"errors", all}}}},
                         2)
            << "\n";
    } else {
        err << error.diagnostics().format()
            << fmt::format("{} error{}; nothing was run.\n", list.size(), list.size() == 1 ? "" : "s");
    }
    return code;
}

}  // namespace

int run_command(const std::vector<std::string>& args, std::ostream& out, std::ostream& err) {
    Options o;
    o.command_line = "vitral";
    for (const std::string& arg : args) o.command_line += " " + arg;
    o.json = std::find(args.begin(), args.end(), "--json") != args.end();  // a broken command line answers in JSON, too

    CLI::App app{"Vitral: from mask and ion-exchange recipe to decibels."};
    app.set_version_flag("--version", version());
    app.require_subcommand(1);
    const auto common = [&](CLI::App* command) {
        command->add_option("config", o.config, "The config file (TOML)")->required();
        command->add_option("--set", o.settings, "key=value over the config, e.g. --set section.resolution=\"0.5 um\"")
            ->take_all()
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        command->add_flag("--json", o.json, "Print one JSON object on standard output and nothing else there");
        command->add_option("--threads", o.threads, "Number of threads")->check(CLI::Range(1, 1024));
        command->add_option("--max-memory", o.max_memory, "Refuse to run beyond this, e.g. \"4 GiB\"")
            ->check([](const std::string& text) {
                const auto parsed = io::parse_quantity(text, io::Dimension::memory);
                const auto* failure = std::get_if<io::QuantityError>(&parsed);
                return failure ? failure->message : std::string();
            });
    };
    CLI::App* run_app = app.add_subcommand("run", "Run a case: mask, ions, index, modes, light, decibels");
    common(run_app);
    run_app->add_option("-o,--output", o.output, "Results file (HDF5); the config's name with .h5 if left out");
    run_app->add_option("--until", o.until, "Stop after this stage")
        ->check(CLI::IsMember({"process", "index", "modes", "propagation", "coupling"}));
    CLI::App* check_app =
        app.add_subcommand("check", "Read and check a config; print it resolved, with grid, steps, memory and time");
    common(check_app);
    CLI::App* sweep_app = app.add_subcommand("sweep", "Run all points of the config's [sweep]");
    common(sweep_app);
    sweep_app->add_option("-o,--output", o.output, "Folder of the results; the config's name with -sweep if left out");
    CLI::App* materials_app =
        app.add_subcommand("materials", "List or show glasses, fibers and chip ports, with their sources");
    materials_app->add_option("name", o.record, "A kind (glasses, fibers, chips) or a record");
    materials_app->add_flag("--json", o.json, "Print one JSON object");
    CLI::App* schema_app = app.add_subcommand("schema", "Print the config's JSON Schema");
    schema_app->add_option("--format", o.format, "json: JSON Schema, for editors; markdown: docs/config.md")
        ->check(CLI::IsMember({"json", "markdown"}));

    std::string wavelength;
    std::vector<double> mode_indices;
    double cover = 1.0;
    std::optional<double> surface;
    const auto at_wavelength = [&](CLI::App* command) {
        command->add_option("--wavelength", wavelength, "With its unit, e.g. \"1550 nm\"")
            ->required()
            ->check([](const std::string& text) {
                const auto parsed = io::parse_quantity(text, io::Dimension::length);
                const auto* failure = std::get_if<io::QuantityError>(&parsed);
                return failure ? failure->message : std::string();
            });
        command->add_flag("--json", o.json, "Print one JSON object");
    };
    const auto metres = [&] { return std::get<double>(io::parse_quantity(wavelength, io::Dimension::length)); };
    CLI::App* fiber_app = app.add_subcommand("fiber", "Modes of a fiber of the library, scalar and vector");
    fiber_app->add_option("name", o.record, "A fiber, or a path to a record")->required();
    at_wavelength(fiber_app);
    CLI::App* profile_app =
        app.add_subcommand("profile", "Depth profile behind the TE mode indices that a prism coupler measures");
    profile_app->add_option("n_eff", mode_indices, "Mode indices, highest first")->required()->expected(2, 100);
    profile_app->add_option("--cover", cover, "Index above the surface")->check(CLI::Range(1.0, 4.0));
    profile_app->add_option("--surface", surface, "Index at the surface; left out: that of the smoothest profile");
    at_wavelength(profile_app);

    try {
        std::vector<std::string> reversed(args.rbegin(), args.rend());
        app.parse(reversed);
        if (*run_app) return flushed(run(o, out), out);
        if (*check_app) return flushed(check(o, out), out);
        if (*sweep_app) return flushed(sweep(o, out), out);
        if (*materials_app) return flushed(materials(o, out), out);
        if (*schema_app) return flushed(schema(o, out), out);
        if (*fiber_app) return fiber_answer(o.record, metres(), o.json, out), flushed(0, out);
        if (*profile_app) return profile_answer(mode_indices, metres(), cover, surface, o.json, out), flushed(0, out);
        return defect;
    } catch (const CLI::Success& success) {  // --help and --version
        return app.exit(success, out, err);
    } catch (const CLI::ParseError& error) {
        return report(o, wrong_command_line, error.what(), "command line", out, err);
    } catch (const io::InputError& error) {
        return report(o, error, out, err);
    } catch (const Error& error) {
        return report(o, static_cast<int>(error.kind()), error.what(), error.where(), out, err);
    } catch (const std::bad_alloc&) {
        return report(o, static_cast<int>(Failure::resource_limit), "out of memory", "", out, err);
    } catch (const std::exception& error) {
        return report(o, defect, std::string("a defect of the program: ") + error.what(), "", out, err);
    }
}

}  // namespace vitral::app
