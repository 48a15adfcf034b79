using System.Globalization;
using System.Reflection;
using System.Text;

namespace Argent.House.Tests;

/// <summary>The public types and members of an assembly as lines of text, in ordinal order.</summary>
static class PublicApi
{
    const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly Dictionary<Type, string> _keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>The text of an assembly.</summary>
    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type)).Append(Heritage(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(Name(type)).Append('.').Append(member).Append('\n');
            }
        }
        return text.ToString();
    }

    static string Kind(Type type)
    {
        if (type.IsEnum) return "enum";
        if (type.IsInterface) return "interface";
        if (type.IsSubclassOf(typeof(Delegate))) return "delegate";
        if (type.IsValueType) return "struct";
        if (type.IsAbstract && type.IsSealed) return "static class";
        return type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
    }

    static string Heritage(Type type)
    {
        if (type.IsEnum) return "";
        var parts = new List<string>();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
        {
            parts.Add(Name(parent));
        }
        var own = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []);
        parts.AddRange(own.Where(i => i.IsPublic).Select(Name).Order(StringComparer.Ordinal));
        return parts.Count == 0 ? "" : " : " + string.Join(", ", parts);
    }

    static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(n => $"{n} = {Convert.ToInt64(Enum.Parse(type, n), CultureInfo.InvariantCulture)}");
        }
        return type.GetConstructors(Declared).Where(IsVisible).Select(c => $"new({Parameters(c)})")
            .Concat(type.GetMethods(Declared).Where(m => IsVisible(m) && !IsWritten(m)).Select(Signature))
            .Concat(type.GetProperties(Declared).Select(Signature).OfType<string>())
            .Concat(type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily).Select(Signature))
            .Concat(type.GetEvents().Select(e => $"{e.Name}: event {Name(e.EventHandlerType!)}"));
    }

    static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    /// <summary>Accessors are shown as properties; what the compiler writes for records is the same for all of them.</summary>
    static bool IsWritten(MethodInfo method) =>
        (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal)) || method.Name.StartsWith('<') ||
        method.Name is "PrintMembers" or "ToString" or "GetHashCode" or "Equals" or "Deconstruct" or "op_Equality" or "op_Inequality";

    static string Signature(MethodInfo method)
    {
        string generics = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        string modifier = method.IsStatic ? "static " : method.IsAbstract ? "abstract " : "";
        return $"{method.Name}{generics}({Parameters(method)}): {modifier}{Name(method.ReturnType)}";
    }

    static string? Signature(PropertyInfo property)
    {
        string get = property.GetMethod is { } getter && IsVisible(getter) ? " get;" : "";
        string set = property.SetMethod is { } setter && IsVisible(setter) ? IsInit(setter) ? " init;" : " set;" : "";
        if (get.Length + set.Length == 0 || property.Name == "EqualityContract") return null;
        string modifier = (property.GetMethod ?? property.SetMethod)!.IsStatic ? "static " : "";
        var index = property.GetIndexParameters();
        string keys = string.Join(", ", index.Select(p => $"{Name(p.ParameterType)} {p.Name}"));
        string name = index.Length == 0 ? property.Name : $"this[{keys}]";
        return $"{name}: {modifier}{Name(property.PropertyType)} {{{get}{set} }}";
    }

    static string Signature(FieldInfo field)
    {
        if (field.IsLiteral)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"{field.Name}: const {Name(field.FieldType)} = {field.GetRawConstantValue()}");
        }
        return $"{field.Name}: {(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)}";
    }

    static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers()
        .Any(m => m.FullName == "System.Runtime.CompilerServices.IsExternalInit");

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        $"{Passing(p)}{Name(p.ParameterType)} {p.Name}{(p.IsOptional ? "?" : "")}"));

    static string Passing(ParameterInfo parameter)
    {
        if (!parameter.ParameterType.IsByRef) return "";
        return parameter.IsIn ? "in " : parameter.IsOut ? "out " : "ref ";
    }

    static string Name(Type type)
    {
        if (_keywords.TryGetValue(type, out string? keyword)) return keyword;
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsPointer) return Name(type.GetElementType()!) + "*";
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (type.IsGenericParameter) return type.Name;
        string name = type.IsNested ? Name(type.DeclaringType!) + "." + type.Name : type.Name;
        if (!type.IsGenericType) return name;
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return $"{(tick < 0 ? name : name[..tick])}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
