#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/case.hpp"
#include "app/io/diagnostics.hpp"
#include "diffusion/glass/glass.hpp"
#include "modes/fiber_mode.hpp"

namespace vitral::app {

/// A step-index fiber as a record describes it.
struct FiberRecord {
    struct DataSheet {
        double wavelength = 0.0, mode_field_diameter = 0.0, tolerance = 0.0;
    };
    std::string name;
    double core_radius = 0.0;  ///< [m]
    double delta = 0.0;        ///< (n1² - n2²)/(2 n1²)
    glass::Dispersion cladding;
    std::vector<DataSheet> data_sheet;  ///< [m]
    [[nodiscard]] modes::StepFiber at(double wavelength) const;
};

/// A port of a photonic chip, its mode an elliptical Gaussian.
struct ChipRecord {
    std::string name;
    double mfd_x = 0.0, mfd_y = 0.0;  ///< 1/e² intensity diameters [m]
    double index = 1.0;               ///< of the port's mode, for the facet's reflection
    std::vector<std::string> placeholders;
};

enum class RecordKind { glasses, fibers, chips };

/// Names of the records built into the program.
[[nodiscard]] std::vector<std::string> record_names(RecordKind kind);
/// The text of a record: of the library, or of the file `name` (it has a '/' or ends in .toml), relative to `folder`.
/// Throws Error (input_file).
[[nodiscard]] std::string record_text(RecordKind kind, const std::string& name, const std::filesystem::path& folder);
[[nodiscard]] bool is_record_path(const std::string& name);

/// Read and checked; throw Error or io::InputError (kind file).
[[nodiscard]] glass::Glass load_glass(const std::string& name, const std::filesystem::path& folder);
[[nodiscard]] FiberRecord load_fiber(const std::string& name, const std::filesystem::path& folder);
[[nodiscard]] ChipRecord load_chip(const std::string& name, const std::filesystem::path& folder);

/// The dispersion of a cover: a record, or a number as text.
[[nodiscard]] glass::Dispersion load_cover(const std::string& cover, const std::filesystem::path& folder);

/// The incoming ions of a recipe in the order of their steps; the melts of the glass's own ion bring none.
[[nodiscard]] std::vector<glass::IonPair> exchanged_pairs(const glass::Glass& glass,
                                                          const std::vector<exchange::RecipeStep>& recipe);

/// The texts of all records that a case names, for the hash of its inputs.
[[nodiscard]] std::string record_texts(const Case& c);

/// Rules between the config and the records it names: unknown names, ions, wavelengths outside a record.
void check_materials(const Case& c, const io::ConfigNode& root, io::Diagnostics& diagnostics);

}  // namespace vitral::app
