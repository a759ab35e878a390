#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/config/schema.hpp"
#include "core/recipe.hpp"
#include "diffusion/glass/glass.hpp"
#include "modes/fiber/fiber_mode.hpp"

namespace vitral::records {

/// What the maker of a fiber states of it.
struct DataSheet {
    double wavelength = 0.0, mode_field_diameter = 0.0, tolerance = 0.0;  ///< [m]
};

/// A step-index fiber as a record describes it.
struct FiberRecord {
    std::string name;
    double core_radius = 0.0;  ///< [m]
    double delta = 0.0;        ///< (n1² - n2²)/(2 n1²)
    glass::Dispersion cladding;
    std::vector<DataSheet> data_sheet;
    [[nodiscard]] modes::StepFiber at(double wavelength) const;
};

/// A port of a photonic chip, its mode an elliptical Gaussian.
struct ChipRecord {
    std::string name;
    double mfd_x = 0.0, mfd_y = 0.0;  ///< 1/e² intensity diameters [m]
    double index = 1.0;               ///< of the port's mode, for the facet's reflection
    bool is_estimate = false;         ///< whether it has no source
};

enum class Kind { glasses, fibers, chips };
/// "glasses", ... as `vitral materials` lists them; "glass", ... of one of them.
[[nodiscard]] std::string_view folder_of(Kind kind);
[[nodiscard]] std::string_view singular_of(Kind kind);

/// The keys of a record of this kind as JSON Schema.
[[nodiscard]] config::Json record_keys(Kind kind);

/// Names of the records built into the program.
[[nodiscard]] std::vector<std::string> names(Kind kind);
/// A record named by its path: it has a '/' or ends in .toml, .yml or .yaml.
[[nodiscard]] bool is_path(const std::string& name);
/// A plain number as an index; nothing if the text is none.
[[nodiscard]] std::optional<double> as_number(const std::string& text);

/// The records that a run names, those of the library and those of files relative to `folder`. Each file is read once. All
/// throw Error or config::InputError (kind file).
class Library {
public:
    explicit Library(std::filesystem::path folder = {}) : folder_(std::move(folder)) {}
    [[nodiscard]] const glass::Glass& glass(const std::string& name);
    [[nodiscard]] const FiberRecord& fiber(const std::string& name);
    [[nodiscard]] const ChipRecord& chip(const std::string& name);
    /// An optical material: a glass's record, a page of refractiveindex.info, or an index as a number in a text.
    [[nodiscard]] glass::Material material(const std::string& name);
    /// The text of a record.
    [[nodiscard]] const std::string& text(Kind kind, const std::string& name);
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

private:
    [[nodiscard]] const std::string& file(const std::filesystem::path& path);
    std::filesystem::path folder_;
    std::map<std::string, std::string> files_;  ///< texts by path
    std::map<std::string, glass::Glass> glasses_;
    std::map<std::string, FiberRecord> fibers_;
    std::map<std::string, ChipRecord> chips_;
};

/// The incoming ions of a recipe in the order of their steps; the melts of the glass's own ion bring none.
[[nodiscard]] std::vector<glass::IonPair> exchanged_pairs(const glass::Glass& glass,
                                                          const std::vector<RecipeStep>& recipe);

}  // namespace vitral::records
