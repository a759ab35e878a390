#include "app/commands/cli.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands/options.hpp"
#include "app/commands/out_of_memory.hpp"
#include "app/config/quantity.hpp"
#include "app/config/schema.hpp"
#include "app/results/provenance.hpp"
#include "core/errors.hpp"

namespace vitral::commands {
namespace {

using config::dump_text;
using config::Json;

/// What was printed must have arrived: a full disk behind standard output is a failure like any other.
int flushed(int code, std::ostream& out) {
    out.flush();
    if (!out) throw Error(Failure::output, "standard output cannot be written");
    answer_is_out(code);
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

int report(const Options& o, const config::InputError& error, std::ostream& out, std::ostream& err) {
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

/// A command with its options and what it does.
struct Command {
    CLI::App* app;
    int (*answer)(const Options&, std::ostream&);
};

/// Why a text is no quantity of a dimension; empty if it is one.
auto quantity_check(config::Dimension dimension) {
    return [dimension](const std::string& text) {
        const auto parsed = config::parse_quantity(text, dimension);
        const auto* failure = std::get_if<config::QuantityError>(&parsed);
        return failure ? failure->message : std::string();
    };
}

/// All that can be typed.
class CommandLine {
public:
    explicit CommandLine(Options& o) : o_(o) {
        app_.set_version_flag("--version", results::version());
        app_.require_subcommand(0, 1);
        app_.footer(
            "`vitral COMMAND --help` shows the options of a command. docs/config.md lists the keys of a config.");
        add_case_commands();
        add_looking_commands();
        add_calculators();
    }

    int answer(const std::vector<std::string>& args, std::ostream& out) {
        std::vector<std::string> reversed(args.rbegin(), args.rend());
        app_.parse(reversed);
        for (const Command& command : commands_)
            if (*command.app) return flushed(command.answer(o_, out), out);
        throw CLI::CallForHelp();
    }
    int exit(const CLI::Success& success, std::ostream& out, std::ostream& err) { return app_.exit(success, out, err); }
    [[nodiscard]] std::string usage() const { return app_.help(); }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> list;
        for (const Command& command : commands_) list.push_back(command.app->get_name());
        return list;
    }

private:
    CLI::App* add(const char* name, const char* help, int (*function)(const Options&, std::ostream&)) {
        CLI::App* command = app_.add_subcommand(name, help);
        commands_.push_back({command, function});
        return command;
    }

    void add_common(CLI::App* command) {
        command->add_option("config", o_.config, "The config file (TOML)")->required();
        command->add_option("--set", o_.settings, "key=value over the config, e.g. --set section.resolution=\"0.5 um\"")
            ->take_all()
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        command->add_flag("--json", o_.json, "Print one JSON object on standard output and nothing else there");
        command->add_option("--threads", o_.threads, "Number of threads")->check(CLI::Range(1, 1024));
        command
            ->add_option("--max-memory", o_.max_memory, "Refuse a run that needs more memory than this, e.g. \"4 GiB\"")
            ->check(quantity_check(config::Dimension::memory));
    }

    void add_case_commands() {
        CLI::App* run_app =
            add("run", "Run a case: ion exchange, index, modes, propagation, coupling, insertion loss", run);
        add_common(run_app);
        run_app->add_option(
            "-o,--output", o_.output,
            "Results file (HDF5). Default: the name of the config (of its folder, for a case.toml) with .h5");
        run_app->add_option("--until", o_.until, "Stop after this stage")
            ->check(CLI::IsMember({"process", "index", "modes", "propagation", "coupling"}));
        add_common(
            add("check", "Read and check a config; print it resolved, with grid, steps, memory and time", check));
        CLI::App* sweep_app = add("sweep", "Run all points of the config's [sweep]", commands::sweep);
        add_common(sweep_app);
        sweep_app->add_option("-o,--output", o_.output,
                              "Folder for the results. Default: the name of the config with -sweep");
    }

    void add_looking_commands() {
        add_common(
            add("converge",
                "Show how the figures of a case change as grid, window, steps, operator and exchange are refined",
                converge));
        CLI::App* materials_app =
            add("materials", "List or show glasses, fibers and chip ports, with their sources", materials);
        materials_app->add_option("name", o_.record, "A kind (glasses, fibers, chips) or a record");
        materials_app->add_flag("--json", o_.json, "Print one JSON object");
        CLI::App* schema_app = add("schema", "Print the config's JSON Schema", schema);
        schema_app
            ->add_option(
                "--format", o_.format,
                "json: JSON Schema of the config, for editors; markdown: docs/config.md; records: docs/records.md; "
                "results: docs/results.md")
            ->check(CLI::IsMember({"json", "markdown", "records", "results"}));
    }

    void add_calculators() {
        const auto at_wavelength = [this](CLI::App* command) {
            command->add_option("--wavelength", o_.wavelength, "With its unit, e.g. \"1550 nm\"")
                ->required()
                ->check(quantity_check(config::Dimension::length));
            command->add_flag("--json", o_.json, "Print one JSON object");
        };
        CLI::App* fiber_app = add("fiber", "Modes of a fiber of the library, scalar and vector", fiber);
        fiber_app->add_option("name", o_.record, "A fiber, or a path to a record")->required();
        at_wavelength(fiber_app);
        CLI::App* profile_app =
            add("profile", "Depth profile behind the TE mode indices that a prism coupler measures", profile);
        profile_app->add_option("n_eff", o_.mode_indices, "Mode indices, highest first")->required()->expected(2, 100);
        profile_app->add_option("--cover", o_.cover, "Index above the surface")->check(CLI::Range(1.0, 4.0));
        profile_app->add_option("--surface", o_.surface,
                                "Index at the surface. Default: that of the smoothest profile");
        at_wavelength(profile_app);
    }

    Options& o_;
    CLI::App app_{"Vitral: from mask and ion-exchange recipe to decibels.", "vitral"};
    std::vector<Command> commands_;
};

/// A first word that is no command, with the nearest one.
std::string no_such_command(const std::string& word, const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    const std::string near = config::nearest_word(word, names);
    return fmt::format("\"{}\" is no command{} The commands are {}", word,
                       near.empty() ? "." : fmt::format("; did you mean \"{}\"?", near), list);
}

}  // namespace

int run_command(const std::vector<std::string>& typed, std::ostream& out, std::ostream& err) {
    Options o;
    o.command_line = "vitral";
    for (const std::string& arg : typed) o.command_line += " " + arg;
    o.json =
        std::find(typed.begin(), typed.end(), "--json") != typed.end();  // a broken command line answers in JSON, too
    CommandLine line(o);
    std::vector<std::string> args = typed;
    if (!args.empty() && args[0] == "help") {  // as `--help`, of a command where one follows
        args.erase(args.begin());
        args.emplace_back("--help");
    }
    const auto names = line.names();
    if (args.empty()) {
        if (o.json) return report(o, wrong_command_line, "a command is missing", "command line", out, err);
        err << line.usage();
        return wrong_command_line;
    }
    if (args[0][0] != '-' && std::find(names.begin(), names.end(), args[0]) == names.end())
        return report(o, wrong_command_line, no_such_command(args[0], names), "command line", out, err);
    try {
        return line.answer(args, out);
    } catch (const CLI::Success& success) {  // --help and --version
        return line.exit(success, out, err);
    } catch (const CLI::ParseError& error) {
        return report(o, wrong_command_line, error.what(), "command line", out, err);
    } catch (const config::InputError& error) {
        return report(o, error, out, err);
    } catch (const Error& error) {
        return report(o, static_cast<int>(error.kind()), error.what(), error.where(), out, err);
    } catch (const std::bad_alloc&) {
        return report(o, static_cast<int>(Failure::resource_limit), "out of memory", "", out, err);
    } catch (const std::exception& error) {
        return report(o, defect, std::string("a defect of the program: ") + error.what(), "", out, err);
    }
}

}  // namespace vitral::commands
