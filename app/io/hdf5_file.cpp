#include "app/io/hdf5_file.hpp"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "core/errors.hpp"

namespace vitral::io {
namespace {

std::mutex& hdf5_mutex() {
    static std::mutex mutex;
    return mutex;
}

/// An HDF5 identifier that is closed when it goes.
class Id {
public:
    Id(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    ~Id() {
        if (id_ >= 0) close_(id_);
    }
    Id(const Id&) = delete;
    Id& operator=(const Id&) = delete;
    operator hid_t() const { return id_; }

private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

hid_t complex_type() {
    const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(Complex));
    H5Tinsert(type, "r", 0, H5T_NATIVE_DOUBLE);
    H5Tinsert(type, "i", sizeof(double), H5T_NATIVE_DOUBLE);
    return type;
}

hid_t text_type(std::size_t length) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, std::max<std::size_t>(1, length));
    H5Tset_cset(type, H5T_CSET_UTF8);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    return type;
}

void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }  // we report failures ourselves

}  // namespace

Hdf5Lock::Hdf5Lock() { hdf5_mutex().lock(); }
Hdf5Lock::~Hdf5Lock() { hdf5_mutex().unlock(); }

Hdf5Writer::Hdf5Writer(const std::filesystem::path& path) : path_(path.string()), file_(-1) {
    silence();
    const Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V110);
    file_ = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
    check(file_, "cannot be created");
}

Hdf5Writer::~Hdf5Writer() {
    if (file_ >= 0) H5Fclose(file_);
}

void Hdf5Writer::check(std::int64_t status, std::string_view what) const {
    if (status < 0) throw Error(Failure::output, std::string(what), path_);
}

void Hdf5Writer::write_raw(const std::string& path, const void* values, std::int64_t type,
                           const std::vector<Dimension1D>& shape, const DatasetInfo& info) {
    std::vector<hsize_t> lengths;
    for (const Dimension1D& d : shape) lengths.push_back(d.length);
    const Id space(shape.empty() ? H5Screate(H5S_SCALAR)
                                 : H5Screate_simple(static_cast<int>(lengths.size()), lengths.data(), nullptr),
                   H5Sclose);
    const Id links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(links, 1);
    const Id dataset(H5Dcreate2(file_, path.c_str(), type, space, links, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
    check(dataset, "dataset " + path + " cannot be created");
    check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "dataset " + path + " cannot be written");
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i].scale.empty()) continue;
        const Id scale(H5Dopen2(file_, shape[i].scale.c_str(), H5P_DEFAULT), H5Dclose);
        check(H5DSattach_scale(dataset, scale, static_cast<unsigned>(i)), "scale of " + path + " cannot be attached");
    }
    if (!info.units.empty()) attribute(path, "units", info.units);
    if (!info.long_name.empty()) attribute(path, "long_name", info.long_name);
}

void Hdf5Writer::write(const std::string& path, std::span<const double> values, const std::vector<Dimension1D>& shape,
                       const DatasetInfo& info) {
    write_raw(path, values.data(), H5T_NATIVE_DOUBLE, shape, info);
}

void Hdf5Writer::write(const std::string& path, std::span<const Complex> values, const std::vector<Dimension1D>& shape,
                       const DatasetInfo& info) {
    const Id type(complex_type(), H5Tclose);
    write_raw(path, values.data(), type, shape, info);
}

void Hdf5Writer::write_scale(const std::string& path, std::span<const double> values, const DatasetInfo& info) {
    write(path, values, {{values.size(), ""}}, info);
    const Id dataset(H5Dopen2(file_, path.c_str(), H5P_DEFAULT), H5Dclose);
    check(H5DSset_scale(dataset, path.substr(path.rfind('/') + 1).c_str()), "scale " + path + " cannot be set");
}

void Hdf5Writer::write_text(const std::string& path, std::string_view text) {
    const Id type(text_type(text.size()), H5Tclose);
    write_raw(path, text.empty() ? "" : text.data(), type, {}, {});
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::string_view text) {
    const Id target(H5Oopen(file_, object.c_str(), H5P_DEFAULT), H5Oclose);
    const Id type(text_type(text.size()), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
    const Id attribute(H5Acreate2(target, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    check(attribute, "attribute " + name + " cannot be created");
    check(H5Awrite(attribute, type, text.empty() ? "" : text.data()), "attribute " + name + " cannot be written");
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, double value) {
    check(H5LTset_attribute_double(file_, object.c_str(), name.c_str(), &value, 1),
          "attribute " + name + " cannot be written");
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::int64_t value) {
    const long long number = value;
    check(H5LTset_attribute_long_long(file_, object.c_str(), name.c_str(), &number, 1),
          "attribute " + name + " cannot be written");
}

void Hdf5Writer::finish() {
    check(H5Fflush(file_, H5F_SCOPE_GLOBAL), "cannot be flushed");
    attribute("/", "complete", std::int64_t{1});
    check(H5Fflush(file_, H5F_SCOPE_GLOBAL), "cannot be flushed");
    const herr_t closed = H5Fclose(file_);
    file_ = -1;
    check(closed, "cannot be closed");
}

namespace {

/// A dataset of a file, open for reading.
struct OpenDataset {
    std::string name;
    Id file, data, type;
    OpenDataset(const std::filesystem::path& path, const std::string& dataset)
        : name((silence(), path.string())),
          file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose),
          data(file < 0 ? -1 : H5Dopen2(file, dataset.c_str(), H5P_DEFAULT), H5Dclose),
          type(data < 0 ? -1 : H5Dget_type(data), H5Tclose) {
        if (file < 0) fail("is no readable HDF5 file");
        if (data < 0) fail("has no such dataset");
    }
    [[noreturn]] void fail(const char* what) const { throw Error(Failure::input_file, what, name); }
};

}  // namespace

std::string read_hdf5_text(const std::filesystem::path& file, const std::string& dataset) {
    const OpenDataset open(file, dataset);
    const std::size_t size = H5Tget_size(open.type);
    if (H5Tget_class(open.type) != H5T_STRING || H5Tis_variable_str(open.type) > 0 || size > (std::size_t{1} << 26))
        open.fail("holds no text of a reasonable size");
    std::string text(size, '\0');
    if (H5Dread(open.data, open.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()) < 0) open.fail("cannot be read");
    return text;
}

std::optional<double> read_hdf5_attribute(const std::filesystem::path& file, const std::string& object,
                                          const std::string& name) {
    silence();
    const Id id(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    double value = 0.0;
    if (id < 0 || H5Lexists(id, object.c_str(), H5P_DEFAULT) <= 0 ||
        H5LTget_attribute_double(id, object.c_str(), name.c_str(), &value) < 0)
        return {};
    return value;
}

StoredField read_hdf5_field(const std::filesystem::path& file, const std::string& dataset) {
    const OpenDataset open(file, dataset);
    const Id space(H5Dget_space(open.data), H5Sclose);
    const int rank = H5Sget_simple_extent_ndims(space);
    hsize_t lengths[2] = {0, 0};
    if (rank < 1 || rank > 2 || H5Sget_simple_extent_dims(space, lengths, nullptr) < 0)
        open.fail("holds no field: one or two dimensions are expected");
    StoredField field;
    std::size_t count = 1;
    for (int i = 0; i < rank; ++i) {
        const bool is_slab_row = i == 0 && rank == 2 && lengths[i] == 1;
        if (is_slab_row) continue;
        if (lengths[i] < 2 || lengths[i] > 100000) open.fail("holds no field of a reasonable size");
        count *= lengths[i];
        std::vector<double>& axis = i + 1 == rank ? field.x : field.y;
        axis.resize(lengths[i]);
        const auto read_scale = [](hid_t, unsigned, hid_t scale, void* to) -> herr_t {
            auto& values = *static_cast<std::vector<double>*>(to);
            const Id extent(H5Dget_space(scale), H5Sclose);
            if (H5Sget_simple_extent_npoints(extent) != static_cast<hssize_t>(values.size())) return -1;
            return H5Dread(scale, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0 ? -1 : 1;
        };
        if (H5DSiterate_scales(open.data, static_cast<unsigned>(i), nullptr, read_scale, &axis) <= 0)
            open.fail("has no dimension scale for its axes");
        for (std::size_t k = 1; k < axis.size(); ++k)
            if (!(axis[k] > axis[k - 1])) open.fail("has an axis that does not ascend");
    }
    field.values.resize(count);
    if (H5Tget_class(open.type) == H5T_FLOAT) {
        std::vector<double> real(count);
        if (H5Dread(open.data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, real.data()) < 0)
            open.fail("cannot be read");
        std::copy(real.begin(), real.end(), field.values.begin());
    } else {
        const Id type(complex_type(), H5Tclose);
        if (H5Tget_class(open.type) != H5T_COMPOUND || H5Tget_nmembers(open.type) != 2 ||
            H5Dread(open.data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, field.values.data()) < 0)
            open.fail("holds neither real numbers nor complex ones (r, i)");
    }
    for (const Complex& v : field.values)
        if (!std::isfinite(v.real()) || !std::isfinite(v.imag())) open.fail("holds numbers that are not finite");
    return field;
}

}  // namespace vitral::io
