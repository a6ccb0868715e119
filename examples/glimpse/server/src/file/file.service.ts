import { Injectable } from '@nestjs/common';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

@Injectable()
export class FileService {
  constructor(private readonly s3: S3Client) {}

  /** A link by which a client puts one file into the bucket, without passing it through the API. */
  async uploadUrl(userId: string, fileName: string): Promise<string> {
    const command = new PutObjectCommand({
      Bucket: process.env.S3_BUCKET_NAME,
      Key: `uploads/${userId}/${Date.now()}-${fileName}`,
    });
    return getSignedUrl(this.s3, command, { expiresIn: 300 });
  }
}
