using System.Collections;
using System.Globalization;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.ClickHouse.Tests.Native;

/// <summary>Blocks with a column of every supported type and random values.</summary>
internal static class SampleBlocks
{
    public static readonly string[] Types =
    [
        "UInt8", "UInt16", "UInt32", "UInt64", "UInt128", "UInt256", "Int8", "Int16", "Int32", "Int64", "Int128", "Int256", "Float32", "Float64", "Bool",
        "Date", "Date32", "DateTime", "DateTime64(0, 'UTC')", "DateTime64(3, 'UTC')", "DateTime64(9)",
        "Enum8('off' = 0, 'on' = 1, 'it\\'s, (odd)' = 2)", "Enum16('off' = 0, 'on' = 1, 'far' = 2)",
        "Decimal(9, 2)", "Decimal(18, 4)", "Decimal(38, 6)", "Decimal(76, 8)", "UUID", "IPv4", "IPv6", "String", "FixedString(5)",
        "LowCardinality(String)", "LowCardinality(Nullable(String))", "Nullable(Float64)", "Nullable(String)", "Nullable(DateTime64(3, 'UTC'))",
        "Array(String)", "Array(Array(UInt32))", "Array(LowCardinality(String))", "Map(LowCardinality(String), String)", "Map(String, Array(Nullable(Int64)))",
        "Tuple(UInt8, String)", "Tuple(low LowCardinality(String), `high one` Nullable(Float64))", "Array(Tuple(String, Float64))",
        "SimpleAggregateFunction(max, Float64)",
    ];

    /// <summary>Column <c>n</c> counts the rows; <c>c0</c>, <c>c1</c>, … have the types above.</summary>
    public static NativeBlock Create()
    {
        NativeBlock block = new();
        block.Add<ValueColumn<ulong>>("n", "UInt64");
        for (int i = 0; i < Types.Length; i++)
        {
            block.Add<NativeColumn>($"c{i}", Types[i]);
        }

        return block;
    }

    public static void Fill(NativeBlock block, Random random, int rows)
    {
        block.Clear();
        for (int row = 0; row < rows; row++)
        {
            block.Get<ValueColumn<ulong>>("n").Append((ulong)row);
            for (int i = 1; i < block.Columns.Count; i++)
            {
                Append(block.Columns[i], random);
            }
        }
    }

    public static string Render(NativeBlock block, int row) => string.Join(" | ", block.Columns.Select(column => Render(column.GetValue(row))));

    private static string Render(object? value) => value switch
    {
        null => "NULL",
        string text => $"'{text}'",
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        KeyValuePair<object?, object?> pair => $"{Render(pair.Key)}: {Render(pair.Value)}",
        IEnumerable values => $"[{string.Join(", ", values.Cast<object?>().Select(Render))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static void Append(NativeColumn column, Random random)
    {
        switch (column)
        {
            case ValueColumn<byte> bytes:
                bytes.Append((byte)random.Next(column.Type == "Bool" ? 2 : 256));
                break;
            case ValueColumn<sbyte> bytes:
                bytes.Append((sbyte)(column.Type == "Int8" ? random.Next(-128, 128) : random.Next(3)));
                break;
            case ValueColumn<short> shorts:
                shorts.Append((short)(column.Type == "Int16" ? random.Next(short.MinValue, short.MaxValue) : random.Next(3)));
                break;
            case ValueColumn<ushort> shorts:
                shorts.Append((ushort)random.Next(65536));
                break;
            case ValueColumn<int> ints:
                ints.Append(column.Type == "Int32" ? random.Next(int.MinValue, int.MaxValue) : random.Next(-20_000, 20_000));
                break;
            case ValueColumn<uint> ints:
                ints.Append((uint)random.NextInt64(1L << 32));
                break;
            case DateTime64Column times:
                times.Append(random.NextInt64(-1L << 30, 1L << 33));
                break;
            case ValueColumn<long> longs:
                longs.Append(random.NextInt64(-100_000_000_000_000_000, 100_000_000_000_000_000));
                break;
            case ValueColumn<ulong> longs:
                longs.Append((ulong)random.NextInt64() * 2);
                break;
            case ValueColumn<Int128> wide:
                wide.Append((Int128)random.NextInt64() * random.Next(-1_000_000, 1_000_000));
                break;
            case ValueColumn<UInt128> wide:
                wide.Append(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()));
                break;
            case ValueColumn<float> floats:
                floats.Append(random.Next(20) == 0 ? float.NaN : random.NextSingle() * 1e9f);
                break;
            case ValueColumn<double> doubles:
                doubles.Append(random.Next(20) == 0 ? double.NegativeInfinity : random.NextDouble() - 0.5);
                break;
            case UuidColumn uuids:
                uuids.Append(new Guid(random.Next(), (short)random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9));
                break;
            case FixedStringColumn fixedStrings:
                byte[] content = new byte[random.Next(fixedStrings.Size + 1)];
                random.NextBytes(content);
                fixedStrings.Append(content);
                break;
            case StringColumn strings:
                strings.Append(Text(random));
                break;
            case LowCardinalityColumn { IsNullable: true } low when random.Next(4) == 0:
                low.AppendNull();
                break;
            case LowCardinalityColumn low:
                low.Append(random.Next(3) == 0 ? Text(random) : $"name {random.Next(5)}");
                break;
            case NullableColumn nullable when random.Next(3) == 0:
                nullable.AppendNull();
                break;
            case NullableColumn nullable:
                Append(nullable.Values, random);
                break;
            case ArrayColumn array:
                for (int i = random.Next(4); i > 0; i--)
                {
                    Append(array.Elements, random);
                }

                array.EndRow();
                break;
            case MapColumn map:
                for (int i = random.Next(4); i > 0; i--)
                {
                    Append(map.Keys, random);
                    Append(map.Values, random);
                }

                map.EndRow();
                break;
            case TupleColumn tuple:
                foreach (NativeColumn element in tuple.Elements)
                {
                    Append(element, random);
                }

                break;
            case AliasColumn alias:
                Append(alias.Values, random);
                break;
            default:
                throw new InvalidOperationException($"No sample for {column.Type}.");
        }
    }

    private static string Text(Random random) => random.Next(6) switch
    {
        0 => "",
        1 => "\n\n'\\\0\t",
        2 => "Grüße, 東京, 🚏",
        3 => new string('x', random.Next(300)),
        _ => random.Next().ToString(CultureInfo.InvariantCulture),
    };
}
