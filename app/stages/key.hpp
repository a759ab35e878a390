#pragma once
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/field.hpp"
#include "core/guide_path.hpp"
#include "core/recipe.hpp"
#include "core/sha256.hpp"

/// Keys of stages: a hash of all that a stage is given. Every member of a params struct takes part by itself, so that none can be
/// forgotten; nothing else can be read inside a stage, so that a key changes exactly when the answer may.
namespace vitral::stages {

namespace detail {

/// Stands for a value of any type where members are counted.
struct Anything {
    template <typename T>
    operator T() const;  // never defined: members are counted by the compiler
};
template <typename T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
    return requires { T{(static_cast<void>(I), Anything{})...}; };
}
inline constexpr std::size_t most_members = 24;
/// How many members an aggregate has.
template <typename T, std::size_t count = most_members + 1>
constexpr std::size_t members() {
    if constexpr (count == 0)
        return 0;
    else if constexpr (takes<T>(std::make_index_sequence<count>{}))
        return count;
    else
        return members<T, count - 1>();
}

/// visit(every member of an aggregate...).
template <typename T, typename Visit>
void with_members(const T& value, Visit&& visit) {
    constexpr std::size_t count = members<T>();
    static_assert(count > 0 && count <= most_members);
    // clang-format off
    if constexpr (count == 1) { const auto& [m0] = value; visit(m0); }
    else if constexpr (count == 2) { const auto& [m0, m1] = value; visit(m0, m1); }
    else if constexpr (count == 3) { const auto& [m0, m1, m2] = value; visit(m0, m1, m2); }
    else if constexpr (count == 4) { const auto& [m0, m1, m2, m3] = value; visit(m0, m1, m2, m3); }
    else if constexpr (count == 5) { const auto& [m0, m1, m2, m3, m4] = value; visit(m0, m1, m2, m3, m4); }
    else if constexpr (count == 6) { const auto& [m0, m1, m2, m3, m4, m5] = value; visit(m0, m1, m2, m3, m4, m5); }
    else if constexpr (count == 7) { const auto& [m0, m1, m2, m3, m4, m5, m6] = value; visit(m0, m1, m2, m3, m4, m5, m6); }
    else if constexpr (count == 8) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7); }
    else if constexpr (count == 9) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8); }
    else if constexpr (count == 10) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9); }
    else if constexpr (count == 11) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10); }
    else if constexpr (count == 12) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11); }
    else if constexpr (count == 13) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12); }
    else if constexpr (count == 14) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13); }
    else if constexpr (count == 15) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14); }
    else if constexpr (count == 16) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15); }
    else if constexpr (count == 17) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16); }
    else if constexpr (count == 18) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17); }
    else if constexpr (count == 19) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18); }
    else if constexpr (count == 20) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19); }
    else if constexpr (count == 21) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20); }
    else if constexpr (count == 22) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21); }
    else if constexpr (count == 23) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22); }
    else if constexpr (count == 24) { const auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22, m23] = value; visit(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22, m23); }
    // clang-format on
}

}  // namespace detail

/// Collects values, each with its size, and hashes them.
class Digest {
public:
    template <typename T>
    Digest& add(const T& value) {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
            raw(&value, sizeof value);
        else
            detail::with_members(value, [this](const auto&... member) { (add(member), ...); });
        return *this;
    }
    Digest& add(const std::string& text) { return add(text.size()), raw(text.data(), text.size()), *this; }
    Digest& add(const Complex& value) { return add(value.real()).add(value.imag()); }
    template <typename T>
    Digest& add(const std::optional<T>& value) {
        add(value.has_value());
        return value ? add(*value) : *this;
    }
    template <typename T>
    Digest& add(const std::vector<T>& list) {
        add(list.size());
        if constexpr (std::is_arithmetic_v<T>)
            raw(list.data(), list.size() * sizeof(T));
        else
            for (const T& item : list) add(item);
        return *this;
    }
    template <typename K, typename V>
    Digest& add(const std::map<K, V>& map) {
        add(map.size());
        for (const auto& [key, value] : map) add(key), add(value);
        return *this;
    }
    template <typename A, typename B>
    Digest& add(const std::pair<A, B>& pair) {
        return add(pair.first).add(pair.second);
    }
    template <typename... T>
    Digest& add(const std::variant<T...>& value) {
        add(value.index());
        std::visit([this](const auto& held) { add(held); }, value);
        return *this;
    }
    template <typename T>
    Digest& add(const Field<T>& field) {
        return add(field.grid), add(field.values);
    }
    Digest& add(const GuidePath& path) { return add(path.start()).add(path.segments()); }
    Digest& add(const Schedule& schedule) { return add(schedule.points); }
    [[nodiscard]] std::string hash() const { return sha256(bytes_); }

private:
    void raw(const void* from, std::size_t size) {
        if (size > 0) bytes_.append(static_cast<const char*>(from), size);
    }
    std::string bytes_;
};

/// The key of a stage of this name and version of its code, from its params and the keys of its inputs.
template <typename Params>
[[nodiscard]] std::string key_of(const std::string& stage, int version, const Params& params,
                                 const std::vector<std::string>& inputs = {}) {
    return Digest().add(stage).add(version).add(params).add(inputs).hash();
}

}  // namespace vitral::stages
