using System.Text;

namespace IotTelemetry.Protocol.Tests;

public sealed class MessageFuzzTests
{
    private const int Inputs = 20_000;

    private static readonly string[] TellingTexts = ["null", "{}", "[]", "\"\"", "-1", "1e999", "18446744073709551616", "[[[[[[[[[[[[[[[[[[[[",
        "\"\\ud800\"", "\n", ",", "true", "\"2.0\"", "\"1.0\""];

    [Fact]
    public void No_birth_makes_the_reader_fail_otherwise_than_with_a_reason() => Fuzz(Samples.Mixed.Encode(), payload => Birth.Decode(Rehashed(payload)));

    [Fact]
    public void No_cursor_makes_the_reader_fail_otherwise_than_with_a_reason() => Fuzz(SampleMessages.Cursor.Encode(), payload => StoredCursor.Decode(payload));

    [Fact]
    public void No_status_makes_the_reader_fail_otherwise_than_with_a_reason() => Fuzz(SampleMessages.Status.Encode(), payload =>
        GatewayStatus.Decode(payload));

    [Fact]
    public void No_command_makes_the_reader_fail_otherwise_than_with_a_reason() => Fuzz(SampleMessages.Command.Encode(), payload => Command.Decode(payload));

    [Fact]
    public void No_result_makes_the_reader_fail_otherwise_than_with_a_reason() => Fuzz(SampleMessages.Result.Encode(), payload =>
        CommandResult.Decode(payload));

    [Fact]
    public void No_lockouts_make_the_reader_fail_otherwise_than_with_a_reason() => Fuzz(SampleMessages.Lockouts.Encode(), payload =>
        LockoutSet.Decode(payload));

    private static void Fuzz(byte[] message, Action<byte[]> decode)
    {
        Mutator mutator = new(4);
        int refused = 0;
        for (int i = 0; i < Inputs; i++)
        {
            byte[] input = i % 2 == 0 ? mutator.Mutate(message, message) : WithTellingText(message, mutator);
            try
            {
                decode(input);
            }
            catch (MessageFormatException exception)
            {
                Assert.NotEmpty(exception.Message);
                refused++;
            }
        }
        Assert.InRange(refused, Inputs / 4, Inputs - 1);
    }

    /// <summary>A value, a name or a piece of one replaced by something that JSON readers stumble over.</summary>
    private static byte[] WithTellingText(byte[] message, Mutator mutator)
    {
        string text = Encoding.UTF8.GetString(message);
        int[] ends = [.. Enumerable.Range(0, text.Length).Where(i => text[i] is ':' or ',' or '}' or ']' or '"')];
        int from = ends[mutator.Next(ends.Length)];
        int to = ends.FirstOrDefault(end => end > from, text.Length);
        return Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, from + 1), TellingTexts[mutator.Next(TellingTexts.Length)], text.AsSpan(to)));
    }

    /// <summary>Makes the hash right, so that the damage to the model is read.</summary>
    private static byte[] Rehashed(byte[] payload)
    {
        int end = Array.IndexOf(payload, (byte)'\n');
        byte[] model = payload[(end + 1)..];
        string first = Encoding.Latin1.GetString(payload, 0, Math.Max(end, 0));
        return end < 0 ? payload : [.. Encoding.Latin1.GetBytes(first.Replace(Samples.Mixed.Hash.ToString(), Birth.HashOf(model).ToString(),
            StringComparison.Ordinal)), (byte)'\n', .. model];
    }
}
