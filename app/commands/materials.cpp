#include <fmt/core.h>

#include <ostream>

#include "app/commands/options.hpp"
#include "app/config/schema.hpp"
#include "app/records/library.hpp"
#include "core/errors.hpp"

namespace vitral::commands {

using config::Json;
using config::nearest_word;

int materials(const Options& o, std::ostream& out) {
    static const std::vector<std::pair<std::string, records::Kind>> kinds = {
        {"glasses", records::Kind::glasses}, {"fibers", records::Kind::fibers}, {"chips", records::Kind::chips}};
    records::Library library;
    Json list = Json::object();
    for (const auto& [name, kind] : kinds) list[name] = records::names(kind);
    if (o.record.empty() || list.contains(o.record)) {
        if (o.json) {
            out << (o.record.empty() ? list : Json{{o.record, list[o.record]}}).dump(2) << "\n";
            return 0;
        }
        for (const auto& [name, kind] : kinds) {
            if (!o.record.empty() && o.record != name) continue;
            out << name << "\n";
            for (const std::string& record : records::names(kind)) out << "  " << record << "\n";
        }
        return 0;
    }
    std::vector<std::string> all;
    for (const auto& [name, kind] : kinds)
        for (const std::string& record : records::names(kind)) {
            all.push_back(record);
            if (record != o.record) continue;
            const std::string& text = library.text(kind, record);
            if (o.json) {
                out << Json{{"name", record}, {"kind", name}, {"record", text}}.dump(2) << "\n";
            } else {
                out << text;
            }
            return 0;
        }
    const std::string near = nearest_word(o.record, all);
    throw Error(Failure::input_file, fmt::format("\"{}\" is no known record{}", o.record,
                                                 near.empty() ? "; `vitral materials` lists them"
                                                              : fmt::format(", did you mean \"{}\"?", near)));
}

}  // namespace vitral::commands
