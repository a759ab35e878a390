#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "app/io/hdf5_file.hpp"
#include "app/results/json.hpp"
#include "app/results/provenance.hpp"
#include "app/results/rows.hpp"

namespace vitral::results {

/// NamedNumbers over this axis keep their order in JSON, too.
inline constexpr const char* ordered_axis = "part";
/// Whether a row's array is over places in space, and so in the HDF5 file only.
[[nodiscard]] bool is_spatial(const RowInfo& row);
[[nodiscard]] const AxisInfo& axis_of(const std::vector<AxisInfo>& axes, const std::string& name);

/// "/modes/w0", "/process/steps"
[[nodiscard]] std::string group_path(const Group& group, int wavelength);
/// A row's dataset in its group: dots become underscores.
[[nodiscard]] std::string dataset_name(const RowInfo& row);

/// All groups of one wavelength, each with its own axes as dimension scales, so that it opens by itself. What was not computed
/// is left out; in a list, where other items have it, it is not a number or an empty text.
void write_wavelength(io::Hdf5Writer& file, const stages::WavelengthResult& result, int number, Fields fields,
                      std::span<const Group> list = groups());

/// What a results file holds besides the rows.
struct FileHead {
    std::string config_text, config_resolved, log;
    Json summary;                  ///< results_json()
    std::string config_file = {};  ///< path of the config
};
inline constexpr const char* config_file_dataset = "/config/file";

/// Writes a results file whole, or throws Error (output) and leaves what was there.
void write_results(const std::filesystem::path& path, const stages::RunResult& result, const Provenance& provenance,
                   const FileHead& head);

}  // namespace vitral::results
