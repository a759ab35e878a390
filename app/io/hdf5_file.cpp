#include "app/io/hdf5_file.hpp"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "app/io/limited_child.hpp"
#include "core/errors.hpp"
#include "core/sha256.hpp"

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

/// One digest of texts by dataset.
std::string digest_of(const std::map<std::string, std::string>& texts) {
    std::string all;
    for (const auto& [path, text] : texts) all.append(path).append(1, '\0').append(text);
    return sha256(all);
}

/// Chunks of whole lines up to about 4 MiB, each with HDF5's checksum.
hid_t checked_layout(std::vector<hsize_t> chunk, std::size_t item) {
    constexpr hsize_t most = hsize_t{4} << 20;
    for (hsize_t& length : chunk) {
        hsize_t bytes = item;
        for (const hsize_t other : chunk) bytes *= other;
        if (bytes <= most) break;
        length = std::max<hsize_t>(1, length * most / bytes);
    }
    const hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(list, false);
    H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data());
    H5Pset_fletcher32(list);
    H5Pset_fill_time(list, H5D_FILL_TIME_NEVER);
    return list;
}

std::uint64_t reference_to(hid_t object) {
    hobj_ref_t reference = 0;
    (void)H5Rcreate(&reference, object, ".", H5R_OBJECT, -1);
    return reference;
}

void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }  // we report failures ourselves

}  // namespace

Hdf5Lock::Hdf5Lock() { hdf5_mutex().lock(); }
Hdf5Lock::~Hdf5Lock() { hdf5_mutex().unlock(); }

/// Where the library's file in memory ends up when it is closed: only then are its header and the checksum of that final.
struct Hdf5Writer::Memory {
    void* closed = nullptr;
    std::size_t size = 0;      ///< of the library's file
    std::size_t capacity = 0;  ///< of the buffer that holds it
    Memory() = default;
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory() { std::free(closed); }
};

namespace {

void* memory_new(std::size_t size, H5FD_file_image_op_t, void* to) {
    Hdf5Writer::Memory& memory = *static_cast<Hdf5Writer::Memory*>(to);
    memory.size = memory.capacity = size;
    return std::malloc(size);
}
void* memory_copy(void* to, const void* from, std::size_t size, H5FD_file_image_op_t, void*) {
    return std::memcpy(to, from, size);
}
void* memory_resize(void* old, std::size_t size, H5FD_file_image_op_t, void* to) {
    Hdf5Writer::Memory& memory = *static_cast<Hdf5Writer::Memory*>(to);
    if (size > memory.capacity) {  // by a half at least: the file grows a few bytes at a time
        const std::size_t capacity = std::max({size, memory.capacity + memory.capacity / 2, std::size_t{1} << 17});
        void* fresh = std::realloc(old, capacity);
        if (fresh == nullptr) return nullptr;
        old = fresh;
        memory.capacity = capacity;
    }
    memory.size = size;
    return old;
}
herr_t memory_free(void* old, H5FD_file_image_op_t why, void* to) {
    if (why == H5FD_FILE_IMAGE_OP_FILE_CLOSE)
        static_cast<Hdf5Writer::Memory*>(to)->closed = old;
    else
        std::free(old);
    return 0;
}
void* same_place(void* to) { return to; }
herr_t no_free(void*) { return 0; }

}  // namespace

Hdf5Writer::Hdf5Writer() : memory_(std::make_unique<Memory>()) {
    silence();
    const Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V110), "file");
    check(H5Pset_fapl_core(access, 1, 0), "file");  // as long as what is in it, and no file behind it
    H5FD_file_image_callbacks_t callbacks = {memory_new, memory_copy, memory_resize, memory_free,
                                             same_place, no_free,     memory_.get()};
    check(H5Pset_file_image_callbacks(access, &callbacks), "file");
    file_ = H5Fcreate("results", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    check(file_, "file");
    // A group's links lie in its header, with room for most of them: trees of links are for thousands.
    in_group_ = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(in_group_, false);
    H5Pset_link_phase_change(in_group_, 1000, 500);
    H5Pset_est_link_info(in_group_, 32, 16);
    compact_ = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(compact_, false);
    H5Pset_layout(compact_, H5D_COMPACT);
    // Texts of any length are converted through a buffer; the usual megabyte would be cleared for each of them.
    transfer_ = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_buffer(transfer_, 1 << 14, nullptr, nullptr);
}

Hdf5Writer::~Hdf5Writer() { close_all(); }

void Hdf5Writer::check(std::int64_t status, std::string_view what) const {
    if (status < 0) throw Error(Failure::resource_limit, "no memory is left for the results: " + std::string(what));
}

void Hdf5Writer::write_raw(const std::string& path, const void* values, std::int64_t type,
                           const std::vector<Dimension1D>& shape, const DatasetInfo& info) {
    std::vector<hsize_t> lengths;
    for (const Dimension1D& d : shape) lengths.push_back(d.length);
    const Id space(shape.empty() ? H5Screate(H5S_SCALAR)
                                 : H5Screate_simple(static_cast<int>(lengths.size()), lengths.data(), nullptr),
                   H5Sclose);
    // A few numbers lie with their description, and are written with it.
    constexpr std::size_t few = 2048;
    const std::size_t bytes = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)) * H5Tget_size(type);
    const Id checked(bytes > few && !lengths.empty() ? checked_layout(lengths, H5Tget_size(type)) : H5I_INVALID_HID,
                     H5Pclose);
    const hid_t layout = bytes <= few   ? static_cast<hid_t>(compact_)
                         : checked >= 0 ? static_cast<hid_t>(checked)
                                        : H5P_DEFAULT;
    const std::size_t slash = path.rfind('/');
    const Id dataset(H5Dcreate2(group(path.substr(0, slash)), path.c_str() + slash + 1, type, space, H5P_DEFAULT,
                                layout, H5P_DEFAULT),
                     H5Dclose);
    check(dataset, path);
    check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, transfer_, values), path);
    attach_scales(dataset, shape);
    if (!info.units.empty()) attribute_of(dataset, "units", info.units);
    if (!info.long_name.empty()) attribute_of(dataset, "long_name", info.long_name);
}

/// A group, made with those above it; groups stay open.
std::int64_t Hdf5Writer::group(const std::string& path) {
    if (path.empty()) return file_;
    const auto found = groups_.find(path);
    if (found != groups_.end()) return found->second;
    const std::size_t slash = path.rfind('/');
    const std::int64_t id =
        H5Gcreate2(group(path.substr(0, slash)), path.c_str() + slash + 1, H5P_DEFAULT, in_group_, H5P_DEFAULT);
    check(id, path);
    return groups_.emplace(path, id).first->second;
}

/// Scales are named by many datasets: they stay open.
Hdf5Writer::Scale& Hdf5Writer::scale(const std::string& path) {
    const auto found = scales_.find(path);
    if (found != scales_.end()) return found->second;
    const std::int64_t id = H5Dopen2(file_, path.c_str(), H5P_DEFAULT);
    check(id, path);
    return scales_.emplace(path, Scale{id, reference_to(id), {}}).first->second;
}

/// As the library's own H5DSattach_scale writes it (HDF5 Dimension Scale Specification), which reads and writes the whole list of
/// a scale's uses at every call: here each list is written once, in the end.
void Hdf5Writer::attach_scales(std::int64_t dataset, const std::vector<Dimension1D>& shape) {
    std::vector<hvl_t> lists(shape.size(), hvl_t{0, nullptr});
    bool any = false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i].scale.empty()) continue;
        Scale& scale_of = scale(shape[i].scale);
        scale_of.uses.push_back({reference_to(dataset), static_cast<unsigned>(i)});
        lists[i] = {1, &scale_of.reference};
        any = true;
    }
    if (!any) return;
    const hsize_t rank = shape.size();
    const Id type(H5Tvlen_create(H5T_STD_REF_OBJ), H5Tclose), space(H5Screate_simple(1, &rank, nullptr), H5Sclose);
    const Id list(H5Acreate2(dataset, "DIMENSION_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    check(list, "DIMENSION_LIST");
    check(H5Awrite(list, type, lists.data()), "DIMENSION_LIST");
}

void Hdf5Writer::list_uses() {
    const Id type(H5Tcreate(H5T_COMPOUND, sizeof(Scale::Use)), H5Tclose);
    check(H5Tinsert(type, "dataset", offsetof(Scale::Use, dataset), H5T_STD_REF_OBJ), "REFERENCE_LIST");
    check(H5Tinsert(type, "dimension", offsetof(Scale::Use, dimension), H5T_NATIVE_UINT), "REFERENCE_LIST");
    for (const auto& [path, scale_of] : scales_) {
        if (scale_of.uses.empty()) continue;
        const hsize_t count = scale_of.uses.size();
        const Id space(H5Screate_simple(1, &count, nullptr), H5Sclose);
        const Id list(H5Acreate2(scale_of.id, "REFERENCE_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        check(list, path);
        check(H5Awrite(list, type, scale_of.uses.data()), path);
    }
}

std::int64_t Hdf5Writer::close_all() noexcept {
    herr_t worst = 0;
    const auto take = [&](herr_t status) { worst = std::min(worst, status); };
    for (const auto& [path, scale_of] : scales_) take(H5Dclose(scale_of.id));
    scales_.clear();
    for (const auto& [path, id] : groups_) take(H5Gclose(id));
    groups_.clear();
    if (complex_ >= 0) take(H5Tclose(complex_));
    for (std::int64_t* list : {&in_group_, &compact_, &transfer_})
        if (*list >= 0) take(H5Pclose(*list));
    complex_ = in_group_ = compact_ = transfer_ = -1;
    if (file_ >= 0) take(H5Fclose(file_));
    file_ = -1;
    return worst;
}

void Hdf5Writer::write(const std::string& path, std::span<const double> values, const std::vector<Dimension1D>& shape,
                       const DatasetInfo& info) {
    write_raw(path, values.data(), H5T_NATIVE_DOUBLE, shape, info);
}

void Hdf5Writer::write(const std::string& path, std::span<const Complex> values, const std::vector<Dimension1D>& shape,
                       const DatasetInfo& info) {
    if (complex_ < 0) {  // netCDF knows compounds by a name in the file only
        complex_ = complex_type();
        check(H5Tcommit2(file_, "/complex", complex_, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
              "type of complex numbers");
    }
    write_raw(path, values.data(), complex_, shape, info);
}

void Hdf5Writer::write_scale(const std::string& path, std::span<const double> values, const DatasetInfo& info) {
    write(path, values, {{values.size(), ""}}, info);
    make_scale(path);
}

void Hdf5Writer::make_scale(const std::string& path) {
    check(H5DSset_scale(scale(path).id, path.substr(path.rfind('/') + 1).c_str()), path);
}

void Hdf5Writer::write_texts(const std::string& path, const std::vector<std::string>& texts,
                             const std::vector<Dimension1D>& shape, const DatasetInfo& info) {
    const Id type(text_type(H5T_VARIABLE), H5Tclose);
    std::vector<const char*> pointers;
    std::string& kept = texts_[path];
    for (const std::string& text : texts) {
        pointers.push_back(text.c_str());
        kept.append(text.c_str()).push_back('\0');
    }
    write_raw(path, pointers.data(), type, shape, info);
}

void Hdf5Writer::write_text_scale(const std::string& path, const std::vector<std::string>& names,
                                  const DatasetInfo& info) {
    write_texts(path, names, {{names.size(), ""}}, info);
    make_scale(path);
}

void Hdf5Writer::write_text(const std::string& path, std::string_view text) {
    texts_[path] = text.substr(0, text.find('\0'));
    const Id type(text_type(text.size()), H5Tclose);
    write_raw(path, text.empty() ? "" : text.data(), type, {}, {});
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::string_view text) {
    const Id target(H5Oopen(file_, object.c_str(), H5P_DEFAULT), H5Oclose);
    attribute_of(target, name, text);
}

void Hdf5Writer::attribute_of(std::int64_t target, const std::string& name, std::string_view text) {
    const Id type(text_type(text.size()), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
    const Id attribute(H5Acreate2(target, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    check(attribute, name);
    check(H5Awrite(attribute, type, text.empty() ? "" : text.data()), name);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, double value) {
    check(H5LTset_attribute_double(file_, object.c_str(), name.c_str(), &value, 1), name);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::int64_t value) {
    const long long number = value;
    check(H5LTset_attribute_long_long(file_, object.c_str(), name.c_str(), &number, 1), name);
}

std::string_view Hdf5Writer::finish() {
    list_uses();
    attribute("/", "texts_sha256", digest_of(texts_));
    attribute("/", "complete", std::int64_t{1});
    check(H5Fflush(file_, H5F_SCOPE_GLOBAL), "file");
    check(close_all(), "file");
    check(memory_->closed != nullptr ? 0 : -1, "file");
    return {static_cast<const char*>(memory_->closed), memory_->size};
}

namespace {

std::string text_attribute(hid_t object, const char* name) {
    if (H5Aexists(object, name) <= 0) return {};
    const Id attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose), type(H5Aget_type(attribute), H5Tclose);
    if (H5Tget_class(type) != H5T_STRING) return {};
    if (H5Tis_variable_str(type) > 0) {
        char* text = nullptr;
        if (H5Aread(attribute, type, &text) < 0 || text == nullptr) return {};
        std::string copy = text;
        H5free_memory(text);
        return copy;
    }
    std::string text(std::min<std::size_t>(H5Tget_size(type), 1024), '\0');
    if (H5Tget_size(type) > 1024 || H5Aread(attribute, type, text.data()) < 0) return {};
    return text.substr(0, text.find('\0'));
}

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

/// What a walk over a file finds of texts, and whether all could be read.
struct Walk {
    std::map<std::string, std::string> texts;
    std::string damaged;
};

/// Reads a dataset whole; texts are kept.
bool read_all(hid_t data, const std::string& path, std::map<std::string, std::string>& texts) {
    const Id type(H5Dget_type(data), H5Tclose), space(H5Dget_space(data), H5Sclose);
    const hssize_t points = H5Sget_simple_extent_npoints(space);
    const std::size_t size = H5Tget_size(type);
    if (points < 0 || size == 0) return false;
    std::vector<char> bytes(static_cast<std::size_t>(points) * size);
    if (H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) return false;
    if (H5Tget_class(type) != H5T_STRING) return true;
    std::string& kept = texts["/" + path];
    if (H5Tis_variable_str(type) <= 0) {
        kept.assign(bytes.begin(), std::find(bytes.begin(), bytes.end(), '\0'));
        return true;
    }
    for (hssize_t i = 0; i < points; ++i) {
        const char* text = nullptr;
        std::memcpy(&text, bytes.data() + static_cast<std::size_t>(i) * size, sizeof text);
        kept.append(text != nullptr ? text : "").push_back('\0');
    }
    return H5Dvlen_reclaim(type, space, H5P_DEFAULT, bytes.data()) >= 0;
}

herr_t visit_object(hid_t root, const char* name, const H5O_info_t* info, void* to) {
    if (info->type != H5O_TYPE_DATASET) return 0;
    Walk& walk = *static_cast<Walk*>(to);
    const Id data(H5Dopen2(root, name, H5P_DEFAULT), H5Dclose);
    if (data >= 0 && read_all(data, name, walk.texts)) return 0;
    walk.damaged = name;
    return -1;
}

}  // namespace

void verify_hdf5(const std::filesystem::path& path) {
    silence();
    const Id file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    const auto fail = [&](const std::string& what) { throw Error(Failure::input_file, what, path.string()); };
    if (file < 0) fail("is no readable HDF5 file");
    long long complete = 0;
    if (H5LTget_attribute_long_long(file, "/", "complete", &complete) < 0 || complete != 1) fail("is not complete");
    Walk walk;
    if (H5Ovisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, visit_object, &walk) < 0)
        fail("is damaged at " + (walk.damaged.empty() ? "its list of objects" : walk.damaged));
    if (text_attribute(file, "texts_sha256") != digest_of(walk.texts)) fail("is damaged in its texts");
}

std::string read_hdf5_text(const std::filesystem::path& file, const std::string& dataset) {
    const OpenDataset open(file, dataset);
    constexpr std::size_t most = std::size_t{1} << 26;
    const Id space(H5Dget_space(open.data), H5Sclose);
    if (H5Tget_class(open.type) != H5T_STRING || H5Tis_variable_str(open.type) > 0 ||
        H5Sget_simple_extent_npoints(space) != 1 || H5Tget_size(open.type) > most)
        open.fail("holds no text of a reasonable size");
    std::string text(H5Tget_size(open.type), '\0');
    if (H5Dread(open.data, open.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()) < 0) open.fail("cannot be read");
    return text;
}

namespace {

/// An axis of a dataset, from its dimension scale.
struct ScaledAxis {
    std::string name;  ///< last part of the scale's path; empty where it has none
    std::string units;
    std::vector<double> places;
};

herr_t read_scale(hid_t, unsigned, hid_t scale, void* to) {
    ScaledAxis& axis = *static_cast<ScaledAxis*>(to);
    const Id extent(H5Dget_space(scale), H5Sclose);
    if (H5Sget_simple_extent_npoints(extent) != static_cast<hssize_t>(axis.places.size())) return -1;
    char path[1024] = {};
    if (H5Iget_name(scale, path, sizeof path) > 0) axis.name = path;
    axis.name = axis.name.substr(axis.name.rfind('/') + 1);
    axis.units = text_attribute(scale, "units");
    return H5Dread(scale, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, axis.places.data()) < 0 ? -1 : 1;
}

/// Places in metres.
void to_metres(const OpenDataset& open, ScaledAxis& axis) {
    const std::vector<std::pair<std::string, double>> units = {{"", 1.0},        {"m", 1.0},        {"mm", 1e-3},
                                                               {"um", 1e-6},     {"\u00b5m", 1e-6}, {"\u03bcm", 1e-6},
                                                               {"micron", 1e-6}, {"nm", 1e-9}};
    const auto unit = std::find_if(units.begin(), units.end(), [&](const auto& u) { return u.first == axis.units; });
    if (unit == units.end())
        open.fail(("has an axis in the unknown unit \"" + axis.units + "\": m, mm, um or nm are expected").c_str());
    for (double& place : axis.places) place *= unit->second;
    for (std::size_t k = 1; k < axis.places.size(); ++k)
        if (!(axis.places[k] > axis.places[k - 1])) open.fail("has an axis that does not ascend");
    if (axis.units.empty() && axis.places.back() - axis.places.front() > 1.0)
        open.fail(
            "one of its axes is longer than a metre, and its scale has no attribute `units`; if it is in micrometres, "
            "set it to um");
}

std::vector<ScaledAxis> axes_of(const OpenDataset& open, const hsize_t* lengths, int rank) {
    std::vector<ScaledAxis> axes;
    for (int i = 0; i < rank; ++i) {
        if (i == 0 && rank == 2 && lengths[i] == 1) continue;  // the row of a slab
        if (lengths[i] < 2 || lengths[i] > 100000) open.fail("holds no field of a reasonable size");
        ScaledAxis& axis = axes.emplace_back();
        axis.places.resize(lengths[i]);
        if (H5DSiterate_scales(open.data, static_cast<unsigned>(i), nullptr, read_scale, &axis) <= 0)
            open.fail("has no dimension scale for its axes");
        to_metres(open, axis);
    }
    return axes;
}

std::vector<Complex> complex_values(const OpenDataset& open, std::size_t count) {
    std::vector<Complex> values(count);
    if (H5Tget_class(open.type) == H5T_FLOAT) {
        std::vector<double> real(count);
        if (H5Dread(open.data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, real.data()) < 0)
            open.fail("cannot be read");
        std::copy(real.begin(), real.end(), values.begin());
    } else {
        const Id type(complex_type(), H5Tclose);
        if (H5Tget_class(open.type) != H5T_COMPOUND || H5Tget_nmembers(open.type) != 2 ||
            H5Dread(open.data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
            open.fail("holds neither real numbers nor complex ones (r, i)");
    }
    for (const Complex& v : values)
        if (!std::isfinite(v.real()) || !std::isfinite(v.imag())) open.fail("holds numbers that are not finite");
    return values;
}

}  // namespace

/// 512 MiB.
constexpr std::size_t most_values = std::size_t{1} << 25;

StoredField read_hdf5_field(const std::filesystem::path& file, const std::string& dataset) {
    const OpenDataset open(file, dataset);
    const Id space(H5Dget_space(open.data), H5Sclose);
    const int rank = H5Sget_simple_extent_ndims(space);
    hsize_t lengths[2] = {0, 0};
    if (rank < 1 || rank > 2 || H5Sget_simple_extent_dims(space, lengths, nullptr) < 0)
        open.fail("holds no field: one or two dimensions are expected");
    std::vector<ScaledAxis> axes = axes_of(open, lengths, rank);
    StoredField field;
    std::size_t count = 1;
    for (const ScaledAxis& axis : axes) count *= axis.places.size();
    if (count > most_values) open.fail("holds no field of a reasonable size");
    field.values = complex_values(open, count);
    if (axes.size() == 2 && axes[0].name == "x" && axes[1].name == "y") {  // stored as [x, y]
        const std::size_t nx = axes[0].places.size(), ny = axes[1].places.size();
        std::vector<Complex> turned(count);
        for (std::size_t j = 0; j < ny; ++j)
            for (std::size_t i = 0; i < nx; ++i) turned[j * nx + i] = field.values[i * ny + j];
        field.values = std::move(turned);
        std::swap(axes[0], axes[1]);
    }
    field.x = std::move(axes.back().places);
    if (axes.size() == 2) field.y = std::move(axes[0].places);
    field.power_is_known = text_attribute(open.file, "format") == "vitral-results";
    const std::string group = dataset.substr(0, dataset.rfind('/'));
    double wavelength = 0.0;
    if (!group.empty() && H5LTget_attribute_double(open.file, group.c_str(), "wavelength", &wavelength) >= 0)
        field.wavelength = wavelength;
    return field;
}

namespace {

/// A field as bytes and back, through the pipe from a child.
std::string packed(const StoredField& field) {
    std::string bytes;
    const auto add = [&](const auto* values, std::size_t count) {
        if (count > 0) bytes.append(reinterpret_cast<const char*>(values), count * sizeof *values);
    };
    const double head[] = {static_cast<double>(field.x.size()), static_cast<double>(field.y.size()),
                           field.wavelength.value_or(-1.0), field.power_is_known ? 1.0 : 0.0};
    add(head, 4);
    add(field.x.data(), field.x.size());
    add(field.y.data(), field.y.size());
    add(field.values.data(), field.values.size());
    return bytes;
}
StoredField unpacked(const std::string& bytes) {
    const char* from = bytes.data();
    const auto take = [&](auto* values, std::size_t count) {
        if (count == 0) return;  // a slab has no y
        std::memcpy(values, from, count * sizeof *values);
        from += count * sizeof *values;
    };
    double head[4];
    take(head, 4);
    StoredField field;
    field.x.resize(static_cast<std::size_t>(head[0]));
    field.y.resize(static_cast<std::size_t>(head[1]));
    field.values.resize(field.x.size() * std::max<std::size_t>(1, field.y.size()));
    if (head[2] > 0.0) field.wavelength = head[2];
    field.power_is_known = head[3] != 0.0;
    take(field.x.data(), field.x.size());
    take(field.y.data(), field.y.size());
    take(field.values.data(), field.values.size());
    return field;
}

}  // namespace

StoredField read_foreign_field(const std::filesystem::path& file, const std::string& dataset) {
    const Hdf5Lock lock;
    return unpacked(in_limited_child([&] { return packed(read_hdf5_field(file, dataset)); }, file));
}

}  // namespace vitral::io
