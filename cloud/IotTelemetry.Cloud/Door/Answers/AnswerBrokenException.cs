namespace IotTelemetry.Cloud.Door.Answers;

/// <summary>Breaks off an answer whose statement failed after the answer had begun; the error is in the answer and in the log already.</summary>
internal sealed class AnswerBrokenException() : Exception("the statement failed after its answer had begun");
