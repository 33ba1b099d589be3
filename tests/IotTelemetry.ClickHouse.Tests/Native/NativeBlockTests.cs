using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.ClickHouse.Native;

namespace IotTelemetry.ClickHouse.Tests.Native;

public sealed class NativeBlockTests
{
    [Fact]
    public void Block_reads_back_what_it_wrote() => ForAllSeeds(200, random =>
    {
        NativeBlock written = SampleBlocks.Create();
        SampleBlocks.Fill(written, random, random.Next(50));
        byte[] bytes = Encode(written);
        NativeBlock read = new();

        Assert.True(read.TryRead(bytes, out int consumed));

        Assert.Equal(bytes.Length, consumed);
        AssertSame(written, read);
    });

    [Fact]
    public void Every_truncation_asks_for_more_bytes()
    {
        NativeBlock written = SampleBlocks.Create();
        SampleBlocks.Fill(written, new Random(1), 5);
        byte[] bytes = Encode(written);
        NativeBlock read = new();

        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(read.TryRead(bytes.AsSpan(0, length), out _), $"{length} of {bytes.Length} bytes");
        }

        Assert.True(read.TryRead(bytes, out _));
        AssertSame(written, read);
    }

    [Fact]
    public void Stream_of_blocks_may_arrive_in_pieces_of_any_size() => ForAllSeeds(100, random =>
    {
        NativeBlock first = SampleBlocks.Create();
        NativeBlock second = SampleBlocks.Create();
        SampleBlocks.Fill(first, random, random.Next(1, 30));
        SampleBlocks.Fill(second, random, random.Next(1, 30));
        byte[] bytes = [.. Encode(first), .. Encode(second)];
        using NativeBlockStream stream = new();
        NativeBlock read = new();
        Queue<NativeBlock> expected = new([first, second]);

        for (int position = 0; position < bytes.Length;)
        {
            int length = Math.Min(bytes.Length - position, random.Next(1, 4000));
            stream.Add(bytes.AsSpan(position, length));
            position += length;
            while (stream.TryRead(read, atEnd: position == bytes.Length))
            {
                AssertSame(expected.Dequeue(), read);
            }
        }

        Assert.Empty(expected);
    });

    [Fact]
    public void Stream_that_breaks_off_inside_a_block_is_an_error()
    {
        NativeBlock written = SampleBlocks.Create();
        SampleBlocks.Fill(written, new Random(1), 5);
        byte[] bytes = Encode(written);
        using NativeBlockStream stream = new();
        stream.Add(bytes.AsSpan(0, bytes.Length - 1));

        NativeFormatException error = Assert.Throws<NativeFormatException>(() => stream.TryRead(new NativeBlock(), atEnd: true));

        Assert.Contains("ends inside a block", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_but_never_break_the_reader() => ForAllSeeds(2000, random =>
    {
        NativeBlock written = SampleBlocks.Create();
        SampleBlocks.Fill(written, random, random.Next(1, 5));
        byte[] bytes = Encode(written);
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        try
        {
            new NativeBlock().TryRead(bytes, out _);
        }
        catch (NativeFormatException)
        {
        }
    });

    [Theory]
    [InlineData("Dynamic")]
    [InlineData("AggregateFunction(sum, Float64)")]
    [InlineData("FixedString(x)")]
    [InlineData("Array()")]
    [InlineData("Array(")]
    [InlineData("Tuple()")]
    public void Unknown_type_is_named_in_the_error(string type) =>
        Assert.Contains(type, Assert.Throws<NativeFormatException>(() => NativeColumn.Create(type)).Message, StringComparison.Ordinal);

    [Fact]
    public void Type_nested_without_end_is_refused() =>
        Assert.Throws<NativeFormatException>(() => NativeColumn.Create(string.Concat(Enumerable.Repeat("Array(", 100_000)) + "UInt8" + new string(')', 100_000)));

    [Fact]
    public void Columns_of_different_length_are_not_written()
    {
        NativeBlock block = new();
        block.Add<ValueColumn<byte>>("a", "UInt8").Append(1);
        block.Add<ValueColumn<byte>>("b", "UInt8");

        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => block.WriteTo(new ArrayBufferWriter<byte>()));

        Assert.Equal("Column 'b' has 0 values, 'a' has 1.", error.Message);
    }

    [Fact]
    public void Elements_after_the_last_row_end_are_not_written()
    {
        NativeBlock block = new();
        ArrayColumn array = block.Add<ArrayColumn>("a", "Array(UInt8)");
        array.EndRow();
        ((ValueColumn<byte>)array.Elements).Append(1);

        Assert.Throws<InvalidOperationException>(() => block.WriteTo(new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void Block_that_is_filled_again_allocates_nothing()
    {
        NativeBlock block = new();
        LowCardinalityColumn site = block.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        StringColumn asset = block.Add<StringColumn>("asset", "String");
        DateTime64Column ts = block.Add<DateTime64Column>("ts", "DateTime64(3, 'UTC')");
        NullableColumn value = block.Add<NullableColumn>("value", "Nullable(Float64)");
        ArrayBufferWriter<byte> output = new(1 << 20);
        NativeBlock read = new();
        Round(); // grows the buffers
        Round();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Reading names and types makes a few strings per block; nothing grows with the 5,000 rows.
        Assert.InRange(allocated, 0, 1000);

        void Round()
        {
            block.Clear();
            output.ResetWrittenCount();
            for (int i = 0; i < 5000; i++)
            {
                site.Append(i % 3 == 0 ? "harbour"u8 : "market"u8);
                asset.Append("bay 1234"u8);
                ts.Append(i);
                ((ValueColumn<double>)value.Values).Append(i);
            }

            block.WriteTo(output);
            Assert.True(read.TryRead(output.WrittenSpan, out _));
        }
    }

    [Fact]
    public void Moments_before_1970_are_cut_downwards()
    {
        DateTime64Column column = (DateTime64Column)NativeColumn.Create("DateTime64(3)");

        column.Append(DateTimeOffset.UnixEpoch.AddTicks(-1));
        column.Append(new DateTimeOffset(2026, 11, 20, 9, 0, 0, 123, TimeSpan.FromHours(1)));

        Assert.Equal(-1, column[0]);
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 0, 0, 123, TimeSpan.Zero), column.GetTimestamp(1));
    }

    private static void ForAllSeeds(int count, Action<Random> test) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => test(new Random(seed))).Check(Config.QuickThrowOnFailure.WithMaxTest(count));

    private static byte[] Encode(NativeBlock block)
    {
        ArrayBufferWriter<byte> output = new();
        block.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static void AssertSame(NativeBlock expected, NativeBlock actual)
    {
        Assert.Equal(expected.Names, actual.Names);
        Assert.Equal(expected.Rows, actual.Rows);
        for (int row = 0; row < expected.Rows; row++)
        {
            Assert.Equal(SampleBlocks.Render(expected, row), SampleBlocks.Render(actual, row));
        }
    }
}
