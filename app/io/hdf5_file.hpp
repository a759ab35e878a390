#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/field.hpp"

namespace vitral::io {

/// A dimension of a dataset: its length, and the path of the dataset that is its scale (may be empty).
struct Dimension1D {
    std::size_t length;
    std::string scale;
};

/// What a reader must know about a dataset.
struct DatasetInfo {
    std::string units;      ///< "m", "1", ...
    std::string long_name;  ///< in words
};

/// A new HDF5 file, readable by HDF5 1.8 and later, in memory: the library never meets a disk, whose failures it does not survive
/// well. A failure of the library throws Error (resource_limit), since only memory can fail. Groups on the way to a dataset are
/// made. All is under a checksum: small datasets lie in checksummed object headers, others have the filter fletcher32, and all
/// texts have one digest, the attribute `texts_sha256`. Not thread-safe, as the library is not: callers hold hdf5_lock().
class Hdf5Writer {
public:
    Hdf5Writer();
    ~Hdf5Writer();
    Hdf5Writer(const Hdf5Writer&) = delete;
    Hdf5Writer& operator=(const Hdf5Writer&) = delete;

    /// A dataset, the last dimension fastest.
    void write(const std::string& path, std::span<const double> values, const std::vector<Dimension1D>& shape,
               const DatasetInfo& info);
    /// Complex numbers as the compound (r, i) that h5py reads natively.
    void write(const std::string& path, std::span<const Complex> values, const std::vector<Dimension1D>& shape,
               const DatasetInfo& info);
    /// A 1-D dataset that other datasets name as a dimension's scale.
    void write_scale(const std::string& path, std::span<const double> values, const DatasetInfo& info);
    /// One text of fixed length.
    void write_text(const std::string& path, std::string_view text);
    /// Texts of any length, the last dimension fastest; a scalar is one text and no dimension.
    void write_texts(const std::string& path, const std::vector<std::string>& texts,
                     const std::vector<Dimension1D>& shape, const DatasetInfo& info);
    /// Names as a dimension's scale.
    void write_text_scale(const std::string& path, const std::vector<std::string>& names, const DatasetInfo& info);
    void attribute(const std::string& object, const std::string& name, std::string_view text);
    void attribute(const std::string& object, const std::string& name, double value);
    void attribute(const std::string& object, const std::string& name, std::int64_t value);
    /// Writes the marker `complete` and closes; returns the bytes of the file, which live as long as the writer.
    [[nodiscard]] std::string_view finish();

    struct Memory;  ///< the file, as the library leaves it

private:
    void write_raw(const std::string& path, const void* values, std::int64_t type,
                   const std::vector<Dimension1D>& shape, const DatasetInfo& info);
    void make_scale(const std::string& path);
    void attribute_of(std::int64_t target, const std::string& name, std::string_view text);
    [[nodiscard]] std::int64_t group(const std::string& path);
    /// A dataset that is the scale of others' dimensions.
    struct Scale {
        std::int64_t id;
        std::uint64_t reference;
        struct Use {
            std::uint64_t dataset;
            unsigned dimension;
        };
        std::vector<Use> uses;
    };
    [[nodiscard]] Scale& scale(const std::string& path);
    void attach_scales(std::int64_t dataset, const std::vector<Dimension1D>& shape);
    void list_uses();
    std::int64_t close_all() noexcept;  ///< the worst of what the library answers
    void check(std::int64_t status, std::string_view what) const;
    std::unique_ptr<Memory> memory_;
    std::map<std::string, std::string> texts_;  ///< by dataset; those of a list are each ended by a NUL
    std::int64_t file_ = -1, in_group_ = -1, compact_ = -1, transfer_ = -1;  // and property lists
    std::int64_t complex_ = -1;                                              ///< the committed type of complex numbers
    std::map<std::string, std::int64_t> groups_;
    std::map<std::string, Scale> scales_;
};

/// Reads every dataset of a file of ours against its checksum. Throws Error (input_file) if one is damaged, or the file is not
/// complete.
void verify_hdf5(const std::filesystem::path& file);

/// The text of a dataset written by write_text; throws Error (input_file).
[[nodiscard]] std::string read_hdf5_text(const std::filesystem::path& file, const std::string& dataset);

/// A field with its axes, as its dataset's dimension scales give them; y is empty in a slab (one row).
struct StoredField {
    std::vector<double> x, y;               ///< ascending [m]
    std::vector<Complex> values;            ///< (y, x), x fastest
    std::optional<double> wavelength = {};  ///< the attribute of its group, where there is one [m]
    bool power_is_known = false;  ///< a field of a results file, whose unit is that of the power at its launch
};

/// A dataset of complex (compound r, i) or real numbers over x, or over x and y in the order that its scales say by their names
/// (without names y comes first); the scales in the unit of their attribute `units`, else in metres. Throws Error (input_file).
[[nodiscard]] StoredField read_hdf5_field(const std::filesystem::path& file, const std::string& dataset);

/// The same, read in a child process with limits on time and memory (limited_child.hpp): for files of anyone. Takes the lock.
[[nodiscard]] StoredField read_foreign_field(const std::filesystem::path& file, const std::string& dataset);

/// Serialises everything that calls HDF5.
class Hdf5Lock {
public:
    Hdf5Lock();
    ~Hdf5Lock();
    Hdf5Lock(const Hdf5Lock&) = delete;
    Hdf5Lock& operator=(const Hdf5Lock&) = delete;
};

}  // namespace vitral::io
