using System.Collections.Immutable;
using System.Globalization;

namespace IotTelemetry.ClickHouse.Native;

/// <summary>Finds the column class for a ClickHouse type name.</summary>
internal static class NativeTypeParser
{
    // ClickHouse nests types a few levels; a forged name must not overflow the stack.
    private const int MaximumDepth = 32;

    public static NativeColumn CreateColumn(string type) => Create(type.Trim(), 0);

    private static NativeColumn Create(string type, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new NativeFormatException($"Type nested deeper than {MaximumDepth} levels.");
        }

        (string name, ImmutableArray<string> arguments) = Split(type);
        NativeColumn Inner(int index) => index < arguments.Length ? Create(arguments[index], depth + 1) : throw Unsupported(type);

        return name switch
        {
            "UInt8" or "Bool" => new ValueColumn<byte>(type),
            "UInt16" or "Date" => new ValueColumn<ushort>(type),
            "UInt32" or "DateTime" => new ValueColumn<uint>(type),
            "UInt64" => new ValueColumn<ulong>(type),
            "UInt128" => new ValueColumn<UInt128>(type),
            "Int8" or "Enum8" => new ValueColumn<sbyte>(type),
            "Int16" or "Enum16" => new ValueColumn<short>(type),
            "Int32" or "Date32" or "Time" => new ValueColumn<int>(type),
            "Int64" or "Time64" => new ValueColumn<long>(type),
            "Int128" => new ValueColumn<Int128>(type),
            "Float32" => new ValueColumn<float>(type),
            "Float64" => new ValueColumn<double>(type),
            "DateTime64" => new DateTime64Column(type, Number(type, arguments, 0, 9)),
            "IPv4" => new ValueColumn<uint>(type),
            "IPv6" => new FixedStringColumn(type, 16),
            "UUID" => new UuidColumn(),
            "UInt256" or "Int256" => new FixedStringColumn(type, 32),
            "Decimal" => Decimal(type, Number(type, arguments, 0, 76)),
            "Nothing" => new ValueColumn<byte>(type), // One byte per row that says nothing: the type of a bare NULL.
            "String" => new StringColumn(type),
            "FixedString" => new FixedStringColumn(type, Number(type, arguments, 0, 1 << 24)),
            "LowCardinality" => LowCardinality(type, arguments, depth),
            "Nullable" => new NullableColumn(type, Inner(0)),
            "Array" => new ArrayColumn(type, Inner(0)),
            "Map" => new MapColumn(type, Inner(0), Inner(1)),
            "Tuple" when arguments.Length > 0 => new TupleColumn(type, [.. arguments.Select(a => Create(ElementType(a), depth + 1))]),
            "SimpleAggregateFunction" when arguments.Length == 2 => new AliasColumn(type, Inner(1)), // Sent as T under the longer name.
            _ when name.StartsWith("Interval", StringComparison.Ordinal) => new ValueColumn<long>(type),
            _ => throw Unsupported(type),
        };
    }

    private static NativeColumn Decimal(string type, int precision) => precision switch
    {
        <= 9 => new ValueColumn<int>(type),
        <= 18 => new ValueColumn<long>(type),
        <= 38 => new ValueColumn<Int128>(type),
        _ => new FixedStringColumn(type, 32),
    };

    private static LowCardinalityColumn LowCardinality(string type, ImmutableArray<string> arguments, int depth)
    {
        if (arguments.Length != 1)
        {
            throw Unsupported(type);
        }

        // The dictionary of a nullable column holds plain values: its entry 0 is the NULL.
        (string inner, ImmutableArray<string> nullable) = Split(arguments[0]);
        return inner == "Nullable" && nullable.Length == 1
            ? new LowCardinalityColumn(type, Create(nullable[0], depth + 1), nullable: true)
            : new LowCardinalityColumn(type, Create(arguments[0], depth + 1), nullable: false);
    }

    private static int Number(string type, ImmutableArray<string> arguments, int index, int maximum) =>
        index < arguments.Length && int.TryParse(arguments[index], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= maximum
            ? number
            : throw Unsupported(type);

    private static NativeFormatException Unsupported(string type) =>
        new($"The column type {(type.Length <= 200 ? type : type[..200])} is not supported here: cast it in the query, for example with toString(…).");

    // "name Type" or just "Type": the name, when there is one, ends at the first blank outside quotes and brackets.
    private static string ElementType(string argument)
    {
        int depth = 0;
        for (int i = 0; i < argument.Length; i++)
        {
            char c = argument[i];
            if (c is '\'' or '`' or '"')
            {
                i = SkipQuoted(argument, i);
            }
            else if (c is '(' or ')')
            {
                depth += c == '(' ? 1 : -1;
            }
            else if (c == ' ' && depth == 0)
            {
                return argument[(i + 1)..].Trim();
            }
        }

        return argument;
    }

    private static (string Name, ImmutableArray<string> Arguments) Split(string type)
    {
        int open = type.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return (type, []);
        }

        if (type[^1] != ')')
        {
            throw Unsupported(type);
        }

        ImmutableArray<string>.Builder arguments = ImmutableArray.CreateBuilder<string>();
        int depth = 0;
        int start = open + 1;
        for (int i = start; i < type.Length; i++)
        {
            char c = type[i];
            if (c is '\'' or '`' or '"')
            {
                i = SkipQuoted(type, i);
            }
            else if (c == '(')
            {
                depth++;
            }
            else if (c is ',' or ')' && depth == 0)
            {
                string argument = type[start..i].Trim();
                arguments.Add(argument.Length > 0 ? argument : throw Unsupported(type));
                start = i + 1;
            }
            else if (c == ')')
            {
                depth--;
            }
        }

        return (type[..open], arguments.ToImmutable());
    }

    private static int SkipQuoted(string text, int open)
    {
        int i = open + 1;
        while (i < text.Length && text[i] != text[open])
        {
            i += text[i] == '\\' ? 2 : 1;
        }

        return i;
    }
}
